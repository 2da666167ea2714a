export interface MockMessage {
  seq: number;
  text: string;
}

export interface MockChat {
  id: string;
  owner: string;
  agent: { id: string; name: string } | null;
  notes: { text: string }[];
  messages: MockMessage[];
  packet?: unknown;
  result?: string;
  given?: string | null;
  [key: string]: unknown;
}

export class DeskMock {
  chats: Map<string, MockChat>;
  inquiries: { number: string; state: string; history: { text: string }[] }[];
  notifications: { id: number; state: string; reason: string | null; [key: string]: unknown }[];
  mailed: string[];
  said: string[];
  down: boolean;
  agents: { id: string; login: string; name: string; presence: string; [key: string]: unknown }[];
  canned: { shortcut: string; title: string; text: string; site: string | null }[];
  sessions: Map<string, unknown>;
  failSends: number;
  hide(id: string): void;
  typings: number;
  systemsAway: boolean;
  things: unknown[];
  deeds: { act: string; key: string; body: Record<string, unknown> }[];
  failDeeds: number;
  takeGate: (() => Promise<void>) | null;
  reset(): void;
  add(id: string, more?: Record<string, unknown>, texts?: string[]): MockChat;
  message(chat: MockChat, from: string, text: string, more?: Record<string, unknown>): MockMessage;
  customerSays(id: string, text: string): MockMessage;
  changed(chat: MockChat): void;
  tell(event: string, data: unknown, kept?: boolean): void;
  breakStreams(): void;
}

export const CSP: string;
export function startDeskMock(
  port?: number,
): Promise<{ mock: DeskMock; url: string; close: () => Promise<void> }>;

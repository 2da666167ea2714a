/** What the desk's API sends, read defensively: unknown keys are ignored, missing ones get a harmless value. */

export type Speaker = "bot" | "agent" | "customer" | "system";
export type Owner = "bot" | "queue" | "agent" | "closed";
export type Tone = "good" | "wait" | "bad" | "info";
export type Presence = "online" | "away" | "offline";

export interface Agent {
  id: string;
  name: string;
  login: string;
  role: string;
  presence: Presence;
  totp: boolean;
  /** May look into every chat, not only those that wait and the own ones. */
  readsAll: boolean;
}

export interface ChatSummary {
  id: string;
  channel: string;
  site: string | null;
  owner: Owner;
  agent: { id: string; name: string } | null;
  customer: { name: string | null; memberId: string | null; verified: string };
  reason: string | null;
  goal: string | null;
  waitingSince: string | null;
  last: { from: Speaker; text: string; at: string } | null;
  unread: number;
  tags: string[];
  snoozedUntil: string | null;
  deliveryFailed: boolean;
}

export interface Delivery {
  id: string;
  state: string;
  counted: boolean | null;
  reason: string | null;
}

export interface Attachment {
  id: string;
  kind: string;
  name: string;
  state: string;
  contentType: string;
  size: number | null;
}

export interface Understanding {
  label: string;
  confidence: number | null;
}

export interface CardRow {
  label: string;
  value: string;
  tone: Tone | null;
}

export interface Card {
  title: string;
  state: { label: string; tone: Tone } | null;
  rows: CardRow[];
  links: { title: string; url: string }[];
}

export interface DeskMessage {
  seq: number;
  from: Speaker;
  kind: string;
  text: string;
  choices: string[];
  card: Card | null;
  at: string;
  clientId: string | null;
  agent: { id: string; name: string } | null;
  understanding: Understanding | null;
  delivery: Delivery | null;
  attachments: Attachment[];
  withdrawn: boolean;
}

export interface Note {
  id: string;
  agent: string;
  text: string;
  at: string;
}

export interface Suggestion {
  topic: string;
  title: string;
  text: string;
}

export interface Packet {
  goal: string;
  reason: string | null;
  identity: { level: string; memberId: string | null; proven: string[] };
  cards: Card[];
  tried: { text: string; label: string; at: string }[];
  mood: string;
  suggestions: Suggestion[];
}

export interface Chat {
  summary: ChatSummary;
  messages: readonly DeskMessage[];
  notes: readonly Note[];
  packet: Packet | null;
}

export interface Canned {
  id: string;
  shortcut: string;
  title: string;
  text: string;
  site: string | null;
}

export interface OwnSession {
  id: string;
  client: string;
  seenAt: string;
  current: boolean;
}

export interface Inquiry {
  number: string;
  topic: string;
  contact: string;
  state: string;
  dueAt: string | null;
  createdAt: string;
  text: string;
  history: { text: string; by: string; at: string }[];
}

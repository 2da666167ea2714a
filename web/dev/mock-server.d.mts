export interface MockMessage {
  seq: number;
  from: string;
  text: string;
  [key: string]: unknown;
}

export interface Talk {
  id: string;
  token: string;
  seq: number;
  messages: MockMessage[];
  streams: Set<unknown>;
}

export class Mock {
  conversations: Map<string, Talk>;
  created: number;
  received: { key: string; text: string }[];
  connections: number[];
  replyDelay: number;
  failCreate: number;
  refuseIdentity: boolean;
  holdStreams: boolean;
  sendOwner: boolean;
  agentComes: boolean;
  mails: string[] | null;
  readonly last: Talk;
  add(talk: Talk, from: string, fields: Record<string, unknown>, push?: boolean): MockMessage;
  push(talk: Talk, event: string, data: unknown, id?: number): void;
  setOwner(talk: Talk, owner: string, agent?: string | null, waiting?: number | null): void;
  dropStreams(talk: Talk): void;
  takeOver(talk: Talk): void;
  agentAnswers(talk: Talk): void;
  holdReplies(): void;
  releaseReplies(): void;
  reset(): void;
}

export function startMock(port?: number): Promise<{ mock: Mock; url: string; close(): Promise<void> }>;

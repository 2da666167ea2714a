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
  /** What the role may do; known only of oneself. */
  actions: readonly string[];
  /** How many chats the agent has, and may have at once; null when the service does not say. */
  chats: number | null;
  capacity: number | null;
  email: string | null;
  /** Until when signing in is refused after too many tries. */
  lockedUntil: string | null;
}

/** What an admin writes about an agent. */
export interface AgentForm {
  login?: string;
  name: string;
  role: string;
  email: string | null;
  capacity: number;
}

/** How satisfied the customer was with what a person did last: 1 to 5. */
export interface Rating {
  score: number;
  /** As the customer has seen it: 「5 とても良かった」. */
  title: string;
  word: string | null;
  at: string;
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
  rating: Rating | null;
  /** The chat that this one was merged into. */
  mergedInto: string | null;
  /** Where a search found its words. */
  snippet: string | null;
  /** The words are an agent's note, not the customer's. */
  inNote: boolean;
}

export interface Delivery {
  id: string;
  state: string;
  /** How many messages the platform bills for it; null when that is not known yet. */
  counted: number | null;
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

/** Another chat of the same customer that was merged into this one. */
export interface MergedChat {
  id: string;
  channel: string;
  messages: readonly DeskMessage[];
}

export interface Chat {
  summary: ChatSummary;
  /** Which files the chat's channel takes, and why not every one. */
  canSendFiles: boolean | "images";
  filesReason: string | null;
  merged: readonly MergedChat[];
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

/** What was done about an inquiry; by null: the customer. */
export interface InquiryStep {
  /** chat, email, phone; desk: nobody was told. */
  via: string;
  state: string;
  text: string;
  by: string | null;
  at: string;
  delivery: string | null;
}

export interface InquiryWay {
  via: "chat" | "email" | "phone";
  /** The customer will notice. */
  reaches: boolean;
  to: string;
}

export interface Inquiry {
  number: string;
  topic: string;
  name: string | null;
  contact: string;
  subject: string | null;
  site: string | null;
  state: string;
  urgent: boolean;
  dueAt: string | null;
  createdAt: string;
  text: string;
  chatId: string | null;
  history: InquiryStep[];
  /** The first choice first. */
  ways: InquiryWay[];
}

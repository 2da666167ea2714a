/** Everything the view shows, in one object, and the small store that tells of changes. */

import { Store as SharedStore } from "../shared/store";
import type { Body } from "./api";
import type { Choice, Message, OwnerInfo } from "./types";

export interface Pending {
  /** The Idempotency-Key; the stream gives it back as client_id. */
  clientId: string;
  text: string;
  choice: string | null;
  /** A word about what a person has done: the message that asked for it. */
  about?: number;
  at: string;
  status: "queued" | "sending" | "sent" | "failed";
  /** Once sent: it stands before the first reply. */
  before: number | null;
  error: string | null;
  /** A file instead of words, and how much of it is on its way (0 to 1). */
  file?: File;
  progress?: number;
  /** False: sending the same again cannot help. */
  retryable: boolean;
  /** Not before this moment (ms). */
  retryAt: number | null;
  /** Failed only because the one before it did. */
  blocked: boolean;
}

export interface State {
  open: boolean;
  phase: "idle" | "starting" | "ready" | "failed";
  messages: readonly Message[];
  pending: readonly Pending[];
  owner: OwnerInfo;
  typing: "bot" | "agent" | null;
  network: "online" | "offline" | "reconnecting";
  /** The shop has read up to here. */
  readByShop: number;
  /** The customer has seen up to here. */
  seen: number;
  /** The first new message, when some came while the customer was not looking. */
  divider: number | null;
  notice: string | null;
}

export const emptyConversation = {
  phase: "idle",
  messages: [],
  pending: [],
  owner: { owner: "bot", agent: null, waiting: null },
  typing: null,
  readByShop: 0,
  seen: 0,
  divider: null,
  notice: null,
} as const satisfies Partial<State>;

export class Store extends SharedStore<State> {
  constructor() {
    super({ open: false, network: "online", ...emptyConversation });
  }

  patchPending(clientId: string, patch: Partial<Pending>): void {
    this.set({
      pending: this.state.pending.map((item) => (item.clientId === clientId ? { ...item, ...patch } : item)),
    });
  }
}

/** What is sent of it. */
export function bodyOf(item: Pending): Body {
  if (item.about !== undefined) return { word: item.text, message: item.about };
  return item.choice === null ? { text: item.text } : { choice: item.choice };
}

/** Known messages plus others: each seq once, in order. The first copy stays, so nothing on screen changes. */
export function mergeMessages(known: readonly Message[], more: readonly Message[]): readonly Message[] {
  const seqs = new Set(known.map((message) => message.seq));
  const added = more.filter((message) => !seqs.has(message.seq) && seqs.add(message.seq));
  if (added.length === 0) return known;
  return [...known, ...added].sort((a, b) => a.seq - b.seq);
}

/** Optimistic messages that the service has confirmed leave. */
export function withoutConfirmed(
  pending: readonly Pending[],
  messages: readonly Message[],
): readonly Pending[] {
  const confirmed = new Set(messages.map((message) => message.clientId));
  return pending.some((item) => confirmed.has(item.clientId))
    ? pending.filter((item) => !confirmed.has(item.clientId))
    : pending;
}

export type Item = { key: string } & (
  | { message: Message; pending?: never }
  | { message?: never; pending: Pending }
);

/** What stands in the log, in order: messages by seq, optimistic ones where they will end up. */
export function items(state: Pick<State, "messages" | "pending">): Item[] {
  const list: { at: number; item: Item }[] = state.messages.map((message) => ({
    at: message.seq,
    item: { key: message.clientId ? `c:${message.clientId}` : `s:${message.seq}`, message },
  }));
  state.pending.forEach((pending, index) => {
    const at = pending.before === null ? Number.MAX_SAFE_INTEGER : pending.before - 0.5;
    list.push({ at: at + index * 1e-6, item: { key: `c:${pending.clientId}`, pending } });
  });
  return list.sort((a, b) => a.at - b.at).map((entry) => entry.item);
}

/** The message whose choices may be taken: the last one that has some, if nobody has answered it since. */
export function activeChoices(state: Pick<State, "messages" | "pending">): number | null {
  if (state.pending.some((item) => item.status !== "failed")) return null;
  for (let i = state.messages.length - 1; i >= 0; i--) {
    const message = state.messages[i] as Message;
    if (message.from === "customer") return null;
    if (message.choices.length > 0) return message.seq;
    if (message.from === "agent") return null;
  }
  return null;
}

/** Which choice of a message the customer took, judged by what was said next. */
export function takenChoice(state: Pick<State, "messages" | "pending">, message: Message): string | null {
  const answer = items(state).find((item) =>
    item.message
      ? item.message.seq > message.seq && item.message.from === "customer"
      : item.pending.status !== "failed",
  );
  const text = answer?.message?.text ?? answer?.pending?.text;
  return message.choices.find((choice: Choice) => choice.title === text)?.id ?? null;
}

export function unread(state: Pick<State, "messages" | "seen">): number {
  return state.messages.filter((message) => message.seq > state.seen && message.from !== "customer").length;
}

export function lastSeq(messages: readonly Message[]): number {
  return messages.at(-1)?.seq ?? 0;
}

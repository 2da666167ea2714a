/** Everything the desk shows, in one object, and the small store that tells of changes. */

import { Store as SharedStore } from "../shared/store";
import type { View } from "./api";
import type { Held, SentFile } from "./attaching";
import type { Looker } from "./looking";
import { nothingTold, type Telling } from "./notifications";
import type { Preferences } from "./preferences";
import type { Agent, Canned, Chat, ChatSummary, DeskMessage, Inquiry } from "./types";

export interface Unsent {
  /** The Idempotency-Key of every try. */
  key: string;
  chat: string;
  text: string;
  status: "sending" | "failed";
  error: string | null;
  files?: readonly SentFile[];
}

export interface ChatList {
  chats: readonly ChatSummary[];
  next: string | null;
  loaded: boolean;
  loading: boolean;
  failed: boolean;
}

export type ListName = View | "search";
export type PageName = "chats" | "inquiries" | "agents" | "canned" | "notifications";

export interface OpenChat {
  id: string;
  phase: "loading" | "ready" | "failed" | "gone";
  chat: Chat | null;
  /** The first message that was new when the agent opened the chat. */
  divider: number | null;
  /** When the customer was last seen typing, ms. */
  typingUntil: number;
  /** Said once, calmly, above the reply box. */
  notice: string | null;
}

export interface Inquiries {
  state: string;
  words: string;
  list: readonly Inquiry[];
  loading: boolean;
  failed: boolean;
  number: string | null;
  open: Inquiry | null;
}

export interface State {
  phase: "starting" | "unreachable" | "signed-out" | "ready";
  /** Said on the sign-in page: why it is there. */
  farewell: string | null;
  me: Agent | null;
  agents: readonly Agent[];
  /** Which page is shown. */
  page: PageName;
  list: ListName;
  lists: Readonly<Record<ListName, ChatList>>;
  words: string;
  /** Only chats with this tag are listed. */
  tag: string | null;
  /** The row that j and k move. */
  cursor: string | null;
  open: OpenChat | null;
  /** Colleagues who have the same chats on their screens. */
  lookers: readonly Looker[];
  unsent: readonly Unsent[];
  /** Files for the next answer of a chat. */
  held: readonly Held[];
  canned: readonly Canned[];
  network: "online" | "reconnecting";
  preferences: Preferences;
  inquiries: Inquiries;
  notifications: Telling;
  /** Milliseconds; moves on so that waiting times do. */
  now: number;
}

export const emptyList: ChatList = { chats: [], next: null, loaded: false, loading: false, failed: false };
export const LISTS: readonly View[] = ["queue", "mine", "open", "snoozed", "closed"];

export function initialState(preferences: Preferences, now: number): State {
  return {
    phase: "starting",
    farewell: null,
    me: null,
    agents: [],
    page: "chats",
    list: "queue",
    lists: {
      queue: emptyList,
      mine: emptyList,
      open: emptyList,
      snoozed: emptyList,
      closed: emptyList,
      search: emptyList,
    },
    words: "",
    tag: null,
    cursor: null,
    open: null,
    lookers: [],
    unsent: [],
    held: [],
    canned: [],
    network: "online",
    preferences,
    inquiries: { state: "", words: "", list: [], loading: false, failed: false, number: null, open: null },
    notifications: nothingTold,
    now,
  };
}

export class Store extends SharedStore<State> {
  setList(name: ListName, patch: Partial<ChatList>): void {
    const { lists } = this.state;
    this.set({ lists: { ...lists, [name]: { ...lists[name], ...patch } } });
  }

  /** Changes the open chat, if it is still that one. */
  setOpen(id: string, patch: Partial<OpenChat>): void {
    const { open } = this.state;
    if (open?.id === id) this.set({ open: { ...open, ...patch } });
  }

  setInquiries(patch: Partial<Inquiries>): void {
    this.set({ inquiries: { ...this.state.inquiries, ...patch } });
  }
}

/** Known messages with others: each seq once, in order; a later copy knows more (delivery, withdrawn). */
export function mergeMessages(
  known: readonly DeskMessage[],
  more: readonly DeskMessage[],
): readonly DeskMessage[] {
  const bySeq = new Map(known.map((message) => [message.seq, message]));
  for (const message of more) bySeq.set(message.seq, message);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** The first of the customer's messages that nobody has read. */
export function dividerOf(messages: readonly DeskMessage[], unread: number): number | null {
  if (unread <= 0) return null;
  const theirs = messages.filter((message) => message.from === "customer");
  return theirs[Math.max(0, theirs.length - unread)]?.seq ?? null;
}

/** Whether the agent may answer in a chat now. */
export function isMine(state: Pick<State, "me">, summary: ChatSummary | null | undefined): boolean {
  return !!summary && summary.owner === "agent" && !!state.me && summary.agent?.id === state.me.id;
}

/** The lists that an agent may open; what everybody has is for those who may read it. */
export function listsOf(me: Agent | null): readonly View[] {
  return me?.readsAll ? LISTS : LISTS.filter((name) => name !== "open" && name !== "closed");
}

/** Whether the role allows something (`assign`, `write_canned`, `manage_agents`). */
export const may = (me: Agent | null, action: string): boolean => !!me?.actions.includes(action);

/** Auditors only look. */
export const mayAct = (me: Agent | null): boolean => !!me && me.role !== "auditor";

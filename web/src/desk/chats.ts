/** Lists and the open chat: loading them, acting on them, and what the stream says about them. */

import { ApiError } from "../shared/api-error";
import { type DeskApi, notMine, sentenceOf } from "./api";
import { withChange, without, withPage } from "./lists";
import { dividerOf, isMine, LISTS, type ListName, mergeMessages, type OpenChat, type Store } from "./state";
import { strings } from "./strings.ja";
import type { ChatSummary, DeskMessage } from "./types";

const PAGE = 50;
/** A customer who stops typing without sending is shown typing for this long, ms. */
const TYPING = 6000;
const TYPING_EVERY = 3000;

export class Chats {
  private lastTyping = 0;
  /** The agent does something with a chat: what follows is no news. */
  onOwn: (id: string) => void = () => undefined;
  private readonly loads = new Map<ListName, number>();

  constructor(
    private readonly store: Store,
    private readonly api: DeskApi,
  ) {}

  /** Loads the first page of a list, keeping what is shown until it is there. */
  async load(name: ListName): Promise<void> {
    const turn = (this.loads.get(name) ?? 0) + 1;
    this.loads.set(name, turn);
    this.store.setList(name, { loading: true });
    try {
      const page =
        name === "search"
          ? await this.api.search(this.store.state.words)
          : await this.api.chats(name, null, PAGE, this.store.state.tag);
      if (this.loads.get(name) !== turn) return;
      this.store.setList(name, withPage(this.store.state.lists[name], page.chats, page.next, true));
    } catch {
      if (this.loads.get(name) === turn) this.store.setList(name, { loading: false, failed: true });
    }
  }

  async more(name: ListName): Promise<void> {
    const list = this.store.state.lists[name];
    if (list.next === null || list.loading) return;
    const turn = this.loads.get(name) ?? 0;
    this.store.setList(name, { loading: true });
    try {
      const page =
        name === "search"
          ? await this.api.search(this.store.state.words, list.next)
          : await this.api.chats(name, list.next, PAGE, this.store.state.tag);
      if ((this.loads.get(name) ?? 0) !== turn) return;
      this.store.setList(name, withPage(this.store.state.lists[name], page.chats, page.next, false));
    } catch {
      if ((this.loads.get(name) ?? 0) === turn) this.store.setList(name, { loading: false, failed: true });
    }
  }

  show(name: ListName): void {
    this.store.set({ list: name, cursor: null });
    if (!this.store.state.lists[name].loaded) void this.load(name);
  }

  /** Lists only the chats with a tag; null: all again. */
  filter(tag: string | null): void {
    const { lists, list } = this.store.state;
    this.store.set({ tag, cursor: null });
    for (const name of LISTS) if (lists[name].loaded || name === list) void this.load(name);
  }

  async search(words: string): Promise<void> {
    if (!words.trim()) {
      this.store.set({
        words: "",
        list: this.store.state.list === "search" ? "queue" : this.store.state.list,
      });
      return;
    }
    this.store.set({ words: words.trim(), list: "search", cursor: null });
    await this.load("search");
  }

  /** Everything that is shown, again: something may have been missed. */
  async reload(): Promise<void> {
    const { lists, open, list } = this.store.state;
    const shown = LISTS.filter((name) => lists[name].loaded || name === "queue" || name === "mine");
    const wanted: ListName[] = list === "search" ? [...shown, "search"] : [...shown];
    await Promise.all([...wanted.map((name) => this.load(name)), open ? this.refresh(open.id) : null]);
  }

  async open(id: string): Promise<void> {
    const shown = this.store.state.open;
    if (shown?.id === id && shown.phase !== "failed" && shown.phase !== "gone") {
      this.store.set({ page: "chats" });
      return;
    }
    const open: OpenChat = { id, phase: "loading", chat: null, divider: null, typingUntil: 0, notice: null };
    this.store.set({ open, cursor: id, page: "chats" });
    const known = LISTS.flatMap((name) => this.store.state.lists[name].chats).find((chat) => chat.id === id);
    try {
      const chat = await this.api.chat(id);
      const unread = Math.max(known?.unread ?? 0, chat.summary.unread);
      const early = this.store.state.open?.chat?.messages ?? [];
      const messages = mergeMessages(chat.messages, early);
      this.store.setOpen(id, {
        phase: "ready",
        chat: { ...chat, messages },
        divider: dividerOf(chat.messages, unread),
      });
      this.changed(chat.summary);
      this.seen();
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404;
      this.store.setOpen(id, { phase: gone ? "gone" : "failed" });
    }
  }

  leave(): void {
    this.store.set({ open: null });
  }

  /** Loads what was said before the first message shown. */
  async older(): Promise<void> {
    const { open } = this.store.state;
    const first = open?.chat?.messages[0];
    if (!open || !first) return;
    try {
      const older = await this.api.older(open.id, first.seq);
      const now = this.store.state.open;
      if (now?.id === open.id && now.chat)
        this.store.setOpen(open.id, {
          chat: { ...now.chat, messages: mergeMessages(older, now.chat.messages) },
        });
    } catch (error) {
      this.refused(open.id, error);
    }
  }

  async refresh(id: string): Promise<void> {
    try {
      const chat = await this.api.chat(id);
      const known = this.store.state.open?.chat?.messages ?? [];
      this.store.setOpen(id, {
        phase: "ready",
        chat: { ...chat, messages: mergeMessages(known, chat.messages) },
      });
      this.changed(chat.summary);
    } catch (error) {
      // otherwise the stream or the next reconnect brings it
      if (error instanceof ApiError && error.status === 404) this.hide(id);
    }
  }

  /** A chat is now like this: in every list and, when open, in the middle. */
  changed(summary: ChatSummary): void {
    const { open } = this.store.state;
    const seen = open?.id === summary.id && document.visibilityState === "visible";
    const shown = seen ? { ...summary, unread: 0 } : summary;
    const before = open?.id === summary.id ? open.chat?.summary : null;
    this.store.set({ lists: withChange(this.store.state, shown) });
    if (open?.id !== summary.id || !open.chat) return;
    this.store.setOpen(summary.id, { chat: { ...open.chat, summary: shown } });
    // the packet and the notes are not in a summary
    if (before && (before.owner !== summary.owner || before.goal !== summary.goal))
      void this.refresh(summary.id);
  }

  message(id: string, message: DeskMessage): void {
    const { open } = this.store.state;
    if (open?.id !== id || !open.chat) return;
    const known = open.chat.messages.some((each) => each.seq === message.seq);
    const away = document.visibilityState !== "visible";
    const divider = !known && away && message.from === "customer" && open.divider === null;
    this.store.setOpen(id, {
      chat: { ...open.chat, messages: mergeMessages(open.chat.messages, [message]) },
      ...(divider && { divider: message.seq }),
      ...(message.from === "customer" && { typingUntil: 0 }),
    });
    if (!away && message.from === "customer") this.seen();
    // what the service says in a chat comes with what the packet tells: an order proven, for example
    if (!known && message.from === "system") void this.refresh(id);
  }

  /** Tells the customer up to where the agent who has the chat has read. */
  seen(): void {
    const { open } = this.store.state;
    const last = open?.chat?.messages.at(-1);
    if (!open?.chat || !last || !isMine(this.store.state, open.chat.summary)) return;
    this.api.read(open.id, last.seq).catch(() => undefined);
  }

  customerTypes(id: string, on = true): void {
    this.store.setOpen(id, { typingUntil: on ? Date.now() + TYPING : 0 });
    // it ends by itself, also when nothing is heard of it any more
    if (on) setTimeout(() => this.store.set({ now: Date.now() }), TYPING + 100);
  }

  /** A chat that the agent may not see any more: nothing of it stays on the screen. */
  hide(id: string): void {
    this.store.set({ lists: without(this.store.state, id) });
    this.store.setOpen(id, { phase: "gone", chat: null, typingUntil: 0, notice: null });
  }

  /** Tells the customer that someone is writing, at most every three seconds. */
  types(): void {
    const { open } = this.store.state;
    if (!open?.chat || !isMine(this.store.state, open.chat.summary)) return;
    if (Date.now() - this.lastTyping < TYPING_EVERY) return;
    this.lastTyping = Date.now();
    this.api.typing(open.id).catch(() => undefined);
  }

  /** Does something that changes who has the chat. True when it was done. */
  async act(id: string, action: string, body: object = {}): Promise<boolean> {
    this.onOwn(id);
    try {
      const { summary, over } = await this.api.act(id, action, body);
      this.store.setOpen(id, { notice: over ? strings.overCapacity : null });
      if (summary) this.changed(summary);
      else await this.refresh(id);
      this.seen();
      return true;
    } catch (error) {
      this.refused(id, error);
      return false;
    }
  }

  /** Merges another chat of the customer into one. Returns a sentence when it was refused. */
  async merge(id: string, other: string): Promise<string | null> {
    this.onOwn(other);
    return this.joined(id, () => this.api.merge(id, other));
  }

  /** Takes a merge back. Returns a sentence when it was refused. */
  async unmerge(id: string, other: string): Promise<string | null> {
    this.onOwn(other);
    return this.joined(id, () => this.api.unmerge(id, other));
  }

  private async joined(id: string, work: () => Promise<ChatSummary | null>): Promise<string | null> {
    try {
      const summary = await work();
      if (summary) this.changed(summary);
      await this.refresh(id);
      return null;
    } catch (error) {
      return sentenceOf(error, strings.actions.failed);
    }
  }

  async note(id: string, text: string): Promise<boolean> {
    return this.attempt(id, () => this.api.note(id, text));
  }

  async tags(id: string, tags: readonly string[]): Promise<boolean> {
    return this.attempt(id, () => this.api.tags(id, tags));
  }

  async resend(id: string, delivery: string): Promise<boolean> {
    return this.attempt(id, () => this.api.resend(delivery));
  }

  /** Says in the chat why something did not happen, and shows who has it now. */
  refused(id: string, error: unknown): void {
    if (notMine(error)) {
      this.store.setOpen(id, { notice: strings.notOwner(error.holder) });
      void this.refresh(id);
      return;
    }
    this.store.setOpen(id, { notice: sentenceOf(error, strings.actions.failed) });
  }

  private async attempt(id: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      this.store.setOpen(id, { notice: null });
      await this.refresh(id);
      return true;
    } catch (error) {
      this.refused(id, error);
      return false;
    }
  }
}

/** One customer's chat on this page: the conversation, its stream, and what happens to both. */

import { ApiError } from "../shared/api-error";
import { EventStream } from "../shared/stream";
import { Api, type Conversation } from "./api";
import { type Config, storageKey } from "./config";
import { Inbox } from "./inbox";
import { exclusively, watchPage } from "./network";
import { Outbox } from "./outbox";
import { bodyOf, emptyConversation, lastSeq, type Pending, Store } from "./state";
import { type StoredConversation, storage } from "./storage";
import { strings } from "./strings.ja";
import type { Message } from "./types";
import { Typing } from "./typing";
import { keepUnsent, unsentOf } from "./unsent";
import { Uploads } from "./uploads";
import { Writing } from "./writing";

const DAY = 86_400_000;
const SAY_DOWN = 4000;
const HIDDEN_REST = 60_000;
const SETTLE = 1500;
const RESTARTS_A_MINUTE = 3;

export class Session {
  readonly store = new Store();
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  /** Set by the view: texts to put back into the field. */
  onRestoreText: (text: string) => void = () => undefined;
  /** Set by the view: the customer or the chat is another one now. */
  onSwitch: () => void = () => undefined;

  /** Words to ratings that were begun, by the message that asks for them. */
  readonly words = new Map<number, string>();
  private readonly api: Api;
  private readonly typing: Typing;
  private readonly writing = new Writing((on) => this.tellWriting(on));
  private readonly stream: EventStream;
  private readonly uploads: Uploads;
  private key: string;
  private conversation: Conversation | null = null;
  private starting: Promise<void> | null = null;
  private downTimer: ReturnType<typeof setTimeout> | undefined;
  private restTimer: ReturnType<typeof setTimeout> | undefined;
  private restarts: number[] = [];

  constructor(
    private readonly config: Config,
    private identity: string | null,
  ) {
    this.api = new Api(config.api);
    this.key = storageKey(config.site, identity);
    this.typing = new Typing(this.store);
    this.uploads = new Uploads(this.api, this.store);
    this.outbox = new Outbox(this.store, {
      ready: () => this.ensure(),
      post: (item) => this.post(item),
      started: () => this.typing.expect(),
      stopped: () => this.typing.stop(),
      gone: () => this.startAnew(),
    });
    this.stream = new EventStream({
      connect: (signal) => {
        if (!this.conversation) return Promise.reject(new ApiError(0));
        return this.api.events(this.conversation, this.inbox.cursor.value, signal);
      },
      event: (event) => this.inbox.receive(event),
      up: () => this.connected(),
      down: () => this.disconnected(),
      gone: () => this.startAnew(),
    });
    this.inbox = new Inbox(
      this.store,
      this.typing,
      () => this.stream.reconnect(),
      () => this.remember(),
    );
    watchPage({
      online: () => this.wake(),
      offline: () => this.store.set({ network: "offline" }),
      visible: () => this.wake(),
      hidden: () => this.rest(),
      leave: () => this.stream.stop(),
      stored: (key) => this.otherTab(key),
    });
    if (!navigator.onLine) this.store.set({ network: "offline" });
    let { pending } = this.store.state;
    this.store.subscribe(() => {
      if (this.store.state.pending === pending || !this.conversation) return;
      pending = this.store.state.pending;
      keepUnsent(this.key, this.conversation.id, pending);
    });
  }

  get draft(): string {
    return storage.draft(this.key);
  }

  set draft(text: string) {
    if (text !== this.draft) this.writing.changed(text);
    storage.setDraft(this.key, text);
  }

  /** Only people are told, and it does not matter when they are not. */
  private tellWriting(on: boolean): void {
    const { owner } = this.store.state.owner;
    if (!this.conversation || (owner !== "queue" && owner !== "agent")) return;
    this.api.writing(this.conversation, on).catch(() => undefined);
  }

  /** After the page was loaded: follow a chat that is still warm, without starting one. */
  resume(): void {
    const stored = storage.load(this.key);
    if (stored && (this.store.state.open || Date.now() - stored.active < DAY)) this.adopt(stored);
    else if (this.store.state.open) this.begin();
  }

  open(): void {
    this.store.set({ open: true });
    storage.setOpen(true);
    this.begin();
    this.inbox.markSeen();
  }

  close(): void {
    this.store.set({ open: false, divider: null });
    storage.setOpen(false);
  }

  send(text: string): void {
    this.store.set({ divider: null });
    this.outbox.add(text, null);
  }

  sendFiles(files: readonly File[]): void {
    this.store.set({ divider: null });
    for (const file of files) this.outbox.addFile(file);
  }

  /** The customer thinks better of a file that is on its way. */
  cancel(clientId: string): void {
    this.outbox.remove(clientId);
    this.uploads.stop(clientId);
  }

  fileUrl(path: string): string {
    return this.api.url(path);
  }

  choose(id: string, title: string): void {
    this.store.set({ divider: null });
    this.outbox.add(title, id);
  }

  /** A word to the rating; `about` is the message that asked for it. */
  word(text: string, about: number): void {
    this.store.set({ divider: null });
    this.outbox.add(text, null, about);
  }

  /** What proves an order or rental; it stands nowhere but in this request. */
  async identify(number: string, contact: string, key: string): Promise<void> {
    await this.within(async (conversation) => {
      const answer = await this.api.identify(conversation, number, contact, key);
      if (this.conversation === conversation) this.inbox.answer(answer.messages, answer.owner);
    });
  }

  setIdentity(identity: string | null): void {
    this.identity = identity;
    const key = storageKey(this.config.site, identity);
    if (key === this.key) return;
    this.key = key;
    this.reset();
    this.onSwitch();
    this.resume();
  }

  /** A new conversation because the customer asks for one. */
  restart(): void {
    storage.forget(this.key);
    this.reset();
    this.begin();
  }

  /** Does something with the conversation, which is begun when there is none yet. */
  async within<T>(work: (conversation: Conversation) => Promise<T>): Promise<T> {
    await this.ensure();
    if (!this.conversation) throw new ApiError(0);
    return work(this.conversation);
  }

  /** A failure shows in the state. */
  begin(): void {
    this.ensure().catch(() => undefined);
  }

  /** There is a conversation, or it has just been started; rejects when that failed. */
  private ensure(): Promise<void> {
    if (this.conversation) return Promise.resolve(this.stream.start());
    this.starting ??= this.start().finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  private async start(): Promise<void> {
    const { key } = this;
    this.store.set({ phase: "starting" });
    try {
      await exclusively(key, async () => {
        const stored = storage.load(key);
        if (stored) {
          if (this.key === key) this.adopt(stored);
          return;
        }
        const { messages, ...created } = await this.create();
        storage.save(key, { ...created, seen: 0, active: Date.now() });
        if (this.key === key) this.began(created, messages);
      });
    } catch (error) {
      if (this.key === key) this.store.set({ phase: "failed" });
      const cause = error instanceof ApiError ? error : new ApiError(0);
      // whatever the status: it is no conversation that is gone
      throw cause.gone ? new ApiError(503) : cause;
    }
    if (this.key !== key) await this.start();
  }

  private began(created: Conversation, messages: Message[]): void {
    this.conversation = created;
    this.inbox.follow(lastSeq(messages), false);
    this.store.set({ phase: "ready" });
    this.inbox.apply(messages);
    this.stream.start();
  }

  private async create(): Promise<Conversation & { messages: Message[] }> {
    try {
      return await this.api.create(this.config.site, this.identity);
    } catch (error) {
      const refused = error instanceof ApiError && [400, 401, 403, 422].includes(error.status);
      if (!refused || !this.identity) throw error;
      const anonymous = await this.api.create(this.config.site, null);
      this.store.set({ notice: strings.identityExpired });
      return anonymous;
    }
  }

  private adopt(stored: StoredConversation): void {
    this.conversation = { id: stored.id, token: stored.token };
    this.inbox.follow(0, true);
    const known = new Set(this.store.state.pending.map((item) => item.clientId));
    const left = unsentOf(this.key, stored.id).filter((item) => !known.has(item.clientId));
    const pending = [...left, ...this.store.state.pending];
    this.store.set({ phase: "starting", seen: stored.seen, ...(left.length > 0 ? { pending } : {}) });
    this.stream.start();
  }

  private reset(): void {
    this.words.clear();
    this.stream.stop();
    this.forgetDown();
    this.typing.stop();
    this.inbox.follow(0, false);
    this.conversation = null;
    this.store.set(emptyConversation);
  }

  private resetKeepingText(): boolean {
    const unsent = this.store.state.pending.filter(
      (item) => item.status !== "sent" && !item.file && "text" in bodyOf(item),
    );
    this.reset();
    if (unsent.length > 0) this.onRestoreText(unsent.map((item) => item.text).join("\n"));
    return unsent.length > 0;
  }

  /** The service no longer knows the conversation. What was typed goes back into the field. */
  private startAnew(): void {
    const old = this.conversation;
    const kept = this.resetKeepingText();
    const stored = storage.load(this.key);
    if (stored?.id === old?.id) storage.forget(this.key);
    this.restarts = [...this.restarts.filter((at) => at > Date.now() - 60_000), Date.now()];
    const tooOften = this.restarts.length > RESTARTS_A_MINUTE;
    this.store.set(tooOften ? { phase: "failed" } : { notice: strings.startedAnew(kept) });
    if (this.store.state.open && !tooOften) this.begin();
  }

  private async post(item: Pending): Promise<number | null> {
    const { conversation } = this;
    if (!conversation) throw new ApiError(0);
    const answer = item.file
      ? await this.uploads.send(conversation, item, item.file)
      : await this.api.send(conversation, bodyOf(item), item.clientId);
    if (this.conversation !== conversation) return null;
    if (!answer.later) this.typing.stop();
    this.inbox.answer(answer.messages, answer.owner);
    return answer.messages[0]?.seq ?? null;
  }

  private remember(): void {
    if (!this.conversation) return;
    const stored = storage.load(this.key);
    // another tab has moved on to another conversation: it will be told here in a moment
    if (stored && stored.id !== this.conversation.id) return;
    const seen = Math.max(this.store.state.seen, stored?.seen ?? 0);
    storage.save(this.key, { ...this.conversation, seen, active: Date.now() });
  }

  private connected(): void {
    this.forgetDown();
    this.store.set({ network: "online", phase: "ready" });
    if (this.inbox.restoring) {
      setTimeout(() => {
        this.inbox.restoring = false;
      }, SETTLE);
    }
  }

  private forgetDown(): void {
    clearTimeout(this.downTimer);
    this.downTimer = undefined;
  }

  private disconnected(): void {
    if (!navigator.onLine) this.store.set({ network: "offline" });
    else this.downTimer ??= setTimeout(() => this.store.set({ network: "reconnecting" }), SAY_DOWN);
  }

  private wake(): void {
    clearTimeout(this.restTimer);
    if (navigator.onLine && this.store.state.network === "offline") this.store.set({ network: "online" });
    if (this.stream.active) this.stream.reconnect();
    else if (this.conversation) this.stream.start();
    this.inbox.markSeen();
  }

  /** A hidden page gives its connection back after a while, unless a person is or will be there. */
  private rest(): void {
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => {
      const { owner } = this.store.state.owner;
      if (document.visibilityState === "hidden" && owner !== "queue" && owner !== "agent") this.stream.stop();
    }, HIDDEN_REST);
  }

  private otherTab(key: string | null): void {
    if (key !== this.key) return;
    const stored = storage.load(this.key);
    if (!stored) return;
    if (stored.id === this.conversation?.id) {
      this.store.set({ seen: Math.max(this.store.state.seen, stored.seen) });
    } else if (!this.starting) {
      const notice = this.conversation ? strings.startedElsewhere : this.store.state.notice;
      this.resetKeepingText();
      this.adopt(stored);
      this.store.set({ notice });
    }
  }
}

/** Files that an agent has chosen for an answer: uploaded at once, sent with the next message of the chat. */

import { newKey } from "../shared/key";
import { refusedBefore } from "../shared/upload";
import { type DeskApi, sentenceOf } from "./api";
import type { Store } from "./state";
import { strings } from "./strings.ja";

export interface SentFile {
  id: string;
  name: string;
}

export interface Held {
  key: string;
  chat: string;
  name: string;
  /** 0 to 1. */
  progress: number;
  /** The service has it. */
  id: string | null;
  error: string | null;
}

/** With one message. */
export const MOST = 5;
const words = strings.attachment;

export class Attaching {
  private readonly running = new Map<string, AbortController>();
  private last = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly api: DeskApi,
  ) {}

  of(chat: string | null): readonly Held[] {
    return this.store.state.held.filter((each) => each.chat === chat);
  }

  /** Begins to upload; returns what to say when some are too many. */
  add(chat: string, files: readonly File[]): string {
    const room = MOST - this.of(chat).length;
    for (const file of files.slice(0, Math.max(0, room))) this.hold(chat, file);
    return files.length > room ? words.tooMany(MOST) : "";
  }

  /** Takes one off again, also at the service. */
  remove(key: string): void {
    const held = this.store.state.held.find((each) => each.key === key);
    this.running.get(key)?.abort();
    this.store.set({ held: this.store.state.held.filter((each) => each.key !== key) });
    // what stays there is deleted after a day
    if (held?.id) this.api.dropFile(held.chat, held.id).catch(() => undefined);
  }

  /** Whether the chat's files can go: all are there, and at least one. */
  ready(chat: string): boolean {
    const held = this.of(chat);
    return held.length > 0 && held.every((each) => each.id !== null);
  }

  /** Gives the files to a message. */
  take(chat: string): SentFile[] {
    const taken = this.of(chat);
    this.store.set({ held: this.store.state.held.filter((each) => each.chat !== chat) });
    return taken.flatMap(({ id, name }) => (id === null ? [] : [{ id, name }]));
  }

  /** A message could not be sent: its files wait for another one. */
  giveBack(chat: string, files: readonly SentFile[]): void {
    const held = files.map(({ id, name }) => ({ key: newKey(), chat, name, progress: 1, id, error: null }));
    this.store.set({ held: [...held, ...this.store.state.held] });
  }

  /** One after the other, so that they are sent in the order in which they were chosen. */
  private hold(chat: string, file: File): void {
    const refused = refusedBefore(file, words);
    const key = newKey();
    const name = file.name || words.unnamed;
    this.store.set({
      held: [...this.store.state.held, { key, chat, name, progress: 0, id: null, error: refused }],
    });
    if (!refused) this.last = this.last.then(() => this.upload(key, chat, file));
  }

  private async upload(key: string, chat: string, file: File): Promise<void> {
    const wanted = () => this.store.state.held.some((each) => each.key === key);
    if (!wanted()) return;
    const stop = new AbortController();
    this.running.set(key, stop);
    try {
      const progress = (share: number) => this.patch(key, { progress: Math.floor(share * 100) / 100 });
      const id = await this.api.upload(chat, file, progress, stop.signal);
      if (wanted()) this.patch(key, { progress: 1, id });
      else this.api.dropFile(chat, id).catch(() => undefined);
    } catch (error) {
      this.patch(key, { error: sentenceOf(error, words.failed) });
    } finally {
      this.running.delete(key);
    }
  }

  private patch(key: string, patch: Partial<Held>): void {
    this.store.set({
      held: this.store.state.held.map((each) => (each.key === key ? { ...each, ...patch } : each)),
    });
  }
}

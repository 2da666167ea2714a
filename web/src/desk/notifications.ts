/** What was told by e-mail and webhook, and what could not be: the list, and trying again. */

import { type DeskApi, sentenceOf } from "./api";
import { isObject, listOf } from "./read";
import type { Store } from "./state";
import { notificationWords as words } from "./strings.notifications.ja";

/** One thing that one recipient is told. */
export interface Told {
  id: string;
  kind: string;
  via: string;
  /** An address; null for the webhook's. */
  to: string | null;
  chatId: string | null;
  state: string;
  attempts: number;
  /** Why it has not gone out, in words. */
  reason: string | null;
  createdAt: string;
}

export interface Telling {
  /** The state that is listed; "": whatever has not gone out. */
  state: string;
  list: readonly Told[];
  phase: "loading" | "ready" | "failed";
  /** Said once, above the list. */
  said: string | null;
}

export const nothingTold: Telling = { state: "", list: [], phase: "loading", said: null };

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function readTold(body: unknown): Told[] {
  const found = listOf(body, "notifications");
  return (Array.isArray(found) ? found : []).filter(isObject).flatMap((each) => {
    const id = typeof each.id === "number" ? String(each.id) : text(each.id);
    if (!id) return [];
    return {
      id,
      kind: text(each.kind),
      via: text(each.via),
      to: text(each.recipient) || null,
      chatId: text(each.chat_id) || null,
      state: text(each.state),
      attempts: typeof each.attempts === "number" ? each.attempts : 0,
      reason: text(each.reason) || null,
      createdAt: text(each.created_at),
    };
  });
}

export class NotificationDesk {
  private turn = 0;

  constructor(
    private readonly store: Store,
    private readonly api: DeskApi,
  ) {}

  /** Reads the list anew; what is shown stays until the answer is there. */
  async load(said: string | null = null): Promise<void> {
    const turn = ++this.turn;
    const { state } = this.store.state.notifications;
    this.set({ phase: "loading", said });
    try {
      const query = state ? `?${new URLSearchParams({ state })}` : "";
      const list = readTold(await this.api.call("GET", `/notifications${query}`));
      if (turn === this.turn) this.set({ list, phase: "ready" });
    } catch {
      if (turn === this.turn) this.set({ list: [], phase: "failed" });
    }
  }

  filter(state: string): void {
    this.set({ state, list: [] });
    void this.load();
  }

  /** Tries one anew that was given up, and says what came of it. */
  async again(id: string): Promise<void> {
    try {
      await this.api.call("POST", `/notifications/${encodeURIComponent(id)}/resend`, {});
      await this.load(words.begun);
    } catch (error) {
      await this.load(sentenceOf(error, words.failed));
    }
  }

  private set(patch: Partial<Telling>): void {
    this.store.set({ notifications: { ...this.store.state.notifications, ...patch } });
  }
}

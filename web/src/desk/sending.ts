/** Answers on their way to customers: in order within a chat, one key for all tries, none lost. */

import { ApiError } from "../shared/api-error";
import { newKey } from "../shared/key";
import { type DeskApi, DeskError, notMine } from "./api";
import type { SentFile } from "./attaching";
import { drafts } from "./drafts";
import type { Store, Unsent } from "./state";
import { strings } from "./strings.ja";
import type { DeskMessage } from "./types";

/** Whatever is tried again, it may not go out as it is. */
const UNSENDABLE = ["placeholder_empty", "file_unusable"];

export interface SendingHooks {
  /** The answer is in the transcript. */
  arrived(chat: string, message: DeskMessage): void;
  /** It may not go out as it is: the text goes back to the reply box. */
  returned(chat: string, text: string, error: DeskError, files: readonly SentFile[]): void;
}

export class Sending {
  private readonly busy = new Set<string>();

  constructor(
    private readonly store: Store,
    private readonly api: DeskApi,
    private readonly hooks: SendingHooks,
  ) {}

  /** What was on its way when the page ended waits for the agent. */
  restore(): void {
    this.store.set({
      unsent: drafts.unsent().map((each) => ({ ...each, error: strings.unsent.unknown })),
    });
  }

  add(chat: string, text: string, files: readonly SentFile[] = []): void {
    const item: Unsent = { key: newKey(), chat, text, status: "sending", error: null, files };
    this.keep([...this.store.state.unsent, item]);
    void this.pump(chat);
  }

  retry(key: string): void {
    const item = this.find(key);
    if (item?.status !== "failed") return;
    this.patch(key, { status: "sending", error: null });
    void this.pump(item.chat);
  }

  /** The files of one that is not sent. */
  filesOf(key: string): readonly SentFile[] {
    return this.find(key)?.files ?? [];
  }

  /** Takes a failed one back; returns its text. */
  remove(key: string): string {
    const item = this.find(key);
    this.keep(this.store.state.unsent.filter((each) => each.key !== key));
    return item?.text ?? "";
  }

  /** The stream says that it arrived. */
  confirmed(message: DeskMessage): void {
    if (message.clientId && this.find(message.clientId)) this.remove(message.clientId);
  }

  private async pump(chat: string): Promise<void> {
    if (this.busy.has(chat)) return;
    this.busy.add(chat);
    try {
      for (;;) {
        const next = this.store.state.unsent.find((each) => each.chat === chat && each.status === "sending");
        if (!next) return;
        await this.deliver(next);
      }
    } finally {
      this.busy.delete(chat);
    }
  }

  private async deliver(item: Unsent): Promise<void> {
    try {
      const message = await this.api.say(
        item.chat,
        item.text,
        item.key,
        (item.files ?? []).map(({ id }) => id),
      );
      this.remove(item.key);
      this.hooks.arrived(item.chat, message);
    } catch (error) {
      if (!this.find(item.key)) return;
      if (notMine(error) || (error instanceof DeskError && UNSENDABLE.includes(error.code))) {
        this.remove(item.key);
        // files that the service no longer has are of no use again
        const files = error.code === "file_unusable" ? [] : (item.files ?? []);
        this.hooks.returned(item.chat, item.text, error, files);
        return;
      }
      const status = error instanceof ApiError ? error.status : 0;
      const detail = error instanceof ApiError ? error.detail : null;
      const reason = detail ?? (status === 0 ? strings.unsent.network : strings.unsent.failed);
      // those behind it wait with it, so that nothing overtakes it
      this.keep(
        this.store.state.unsent.map((each) =>
          each.chat === item.chat && each.status === "sending"
            ? { ...each, status: "failed", error: reason }
            : each,
        ),
      );
    }
  }

  private find(key: string): Unsent | undefined {
    return this.store.state.unsent.find((each) => each.key === key);
  }

  private patch(key: string, patch: Partial<Unsent>): void {
    this.keep(this.store.state.unsent.map((each) => (each.key === key ? { ...each, ...patch } : each)));
  }

  private keep(unsent: readonly Unsent[]): void {
    this.store.set({ unsent });
    drafts.keepUnsent(unsent);
  }
}

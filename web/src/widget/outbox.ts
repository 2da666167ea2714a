/** The customer's messages on their way: one after another, in order, each with one key for all its tries. */

import { ApiError } from "../shared/api-error";
import { newKey } from "../shared/key";
import { refusedBefore } from "../shared/upload";
import type { Pending, Store } from "./state";
import { strings } from "./strings.ja";

export interface OutboxHooks {
  /** Resolves when there is a conversation to send to. */
  ready(): Promise<void>;
  /** Sends; returns the seq of the first reply, if one came with the answer. */
  post(item: Pending): Promise<number | null>;
  started(): void;
  /** The wait for a reply is over without one. */
  stopped(): void;
  gone(): void;
}

const QUICK_RETRY = 800;
const QUICK_FAILURE = 3000;
const BUSY_SECONDS = 10;

export class Outbox {
  private pumping = false;
  private notBefore = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: Store,
    private readonly hooks: OutboxHooks,
  ) {}

  add(text: string, choice: string | null, about?: number): void {
    const item: Pending = {
      clientId: newKey(),
      text,
      choice,
      ...(about === undefined ? {} : { about }),
      at: new Date().toISOString(),
      status: "queued",
      before: null,
      error: null,
      retryable: true,
      retryAt: null,
      blocked: false,
    };
    this.store.set({ pending: [...this.store.state.pending, item] });
    void this.pump();
  }

  /** A file, as a message of its own; one that cannot be taken fails here. */
  addFile(file: File): void {
    const refused = refusedBefore(file, strings.file);
    const item: Pending = {
      clientId: newKey(),
      text: "",
      choice: null,
      at: new Date().toISOString(),
      status: refused ? "failed" : "queued",
      before: null,
      error: refused,
      retryable: refused === null,
      retryAt: null,
      blocked: false,
      file,
    };
    this.store.set({ pending: [...this.store.state.pending, item] });
    void this.pump();
  }

  /** Sends a failed one again, and those that failed only because of it. */
  retry(clientId: string): void {
    const { pending } = this.store.state;
    const first = pending.findIndex((item) => item.clientId === clientId);
    const failed = pending[first];
    if (failed?.status !== "failed" || (failed.retryAt ?? 0) > Date.now()) return;
    let following = true;
    this.store.set({
      pending: pending.map((item, index) => {
        if (index > first && !item.blocked) following = false;
        const again = index === first || (index > first && following && item.status === "failed");
        return again ? { ...item, status: "queued", error: null, blocked: false, retryAt: null } : item;
      }),
    });
    void this.pump();
  }

  remove(clientId: string): void {
    this.store.set({ pending: this.store.state.pending.filter((item) => item.clientId !== clientId) });
  }

  private find(clientId: string): Pending | undefined {
    return this.store.state.pending.find((item) => item.clientId === clientId);
  }

  async pump(): Promise<void> {
    if (this.pumping) return;
    const rest = this.notBefore - Date.now();
    if (rest > 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.pump(), rest);
      return;
    }
    this.pumping = true;
    try {
      for (;;) {
        const next = this.store.state.pending.find((item) => item.status === "queued");
        if (!next) return;
        this.store.patchPending(next.clientId, { status: "sending" });
        this.hooks.started();
        if (!(await this.deliver(next))) return;
      }
    } finally {
      this.pumping = false;
    }
  }

  private async deliver(item: Pending): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const began = Date.now();
      try {
        await this.hooks.ready();
        if (!this.find(item.clientId)) return true;
        const before = await this.hooks.post(item);
        if (this.find(item.clientId)) this.store.patchPending(item.clientId, { status: "sent", before });
        return true;
      } catch (cause) {
        const error = cause instanceof ApiError ? cause : new ApiError(0);
        const quick = error.status === 0 && Date.now() - began < QUICK_FAILURE;
        if (quick && attempt === 0 && navigator.onLine) {
          await new Promise((done) => setTimeout(done, QUICK_RETRY));
          if (this.find(item.clientId)) continue;
        }
        this.hooks.stopped();
        // Confirmed by the stream meanwhile: it arrived after all.
        if (!this.find(item.clientId)) return true;
        if (error.gone) {
          this.hooks.gone();
          return false;
        }
        return this.fail(item, error);
      }
    }
  }

  private fail(item: Pending, error: ApiError): boolean {
    const wait = error.temporary ? (error.retryAfter ?? (error.status === 429 ? BUSY_SECONDS : null)) : null;
    const retryAt = wait ? Date.now() + wait * 1000 : null;
    const sentence = failureText(error);
    this.store.patchPending(item.clientId, {
      status: "failed",
      error: sentence,
      retryable: error.temporary,
      retryAt,
    });
    if (!error.temporary) return true;
    const queued = (other: Pending) => other.status === "queued";
    this.store.set({
      pending: this.store.state.pending.map((other) =>
        queued(other)
          ? { ...other, status: "failed", error: strings.failed.blocked, blocked: true, retryAt }
          : other,
      ),
    });
    if (retryAt !== null) {
      this.notBefore = retryAt;
      setTimeout(() => this.allowRetry(item.clientId), (wait as number) * 1000);
    }
    return false;
  }

  private allowRetry(clientId: string): void {
    const waiting = this.store.state.pending.filter(
      (item) => item.status === "failed" && item.retryAt !== null,
    );
    for (const item of waiting) {
      const error = item.clientId === clientId ? strings.failed.busyOver : item.error;
      this.store.patchPending(item.clientId, { retryAt: null, error });
    }
  }
}

function failureText(error: ApiError): string {
  if (error.status === 429) return error.detail ?? strings.failed.busy(error.retryAfter ?? BUSY_SECONDS);
  if (error.detail) return error.detail;
  if (error.status === 0) return strings.failed.network;
  return error.temporary ? strings.failed.server : strings.failed.rejected;
}

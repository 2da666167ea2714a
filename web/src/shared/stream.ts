/** The conversation's event stream: kept open, reconnected with growing pauses, watched for silence. */

import { ApiError } from "./api-error";
import { type SseEvent, SseParser } from "./sse";

export interface StreamHooks {
  connect(signal: AbortSignal): Promise<Response>;
  event(event: SseEvent): void;
  up(): void;
  down(): void;
  gone(): void;
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
const SILENCE = 40_000;
const CONNECT_TIMEOUT = 15_000;

export function pause(attempt: number, random = Math.random()): number {
  const full = Math.min(FIRST_PAUSE * 2 ** Math.min(attempt, 10), LONGEST_PAUSE);
  return full * (0.5 + random / 2);
}

export class EventStream {
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private running = false;

  constructor(private readonly hooks: StreamHooks) {}

  get active(): boolean {
    return this.running;
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.attempt = 0;
    void this.connect();
  }

  stop(): void {
    this.running = false;
    this.disconnect();
  }

  /** Connect anew at once: the network or the page came back, or something is missing. */
  reconnect(): void {
    if (!this.running) return;
    this.attempt = 0;
    void this.connect();
  }

  private disconnect(): void {
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.abort?.abort();
    this.abort = null;
  }

  private watch(abort: AbortController, limit: number): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => abort.abort(), limit);
  }

  private async connect(): Promise<void> {
    this.disconnect();
    const abort = new AbortController();
    this.abort = abort;
    let wait: number | null = null;
    try {
      this.watch(abort, CONNECT_TIMEOUT);
      const response = await this.hooks.connect(abort.signal);
      if (this.abort !== abort) return;
      this.hooks.up();
      await this.read(response, abort);
    } catch (error) {
      if (this.abort !== abort) return;
      if (error instanceof ApiError && error.gone) {
        this.stop();
        this.hooks.gone();
        return;
      }
      if (error instanceof ApiError && error.retryAfter !== null) wait = error.retryAfter * 1000;
    }
    if (this.abort !== abort) return;
    clearTimeout(this.watchdog);
    this.hooks.down();
    const rest = Math.max(wait ?? 0, pause(this.attempt));
    this.attempt += 1;
    this.timer = setTimeout(() => void this.connect(), rest);
  }

  private async read(response: Response, abort: AbortController): Promise<void> {
    const reader = response.body?.getReader();
    if (!reader) return;
    const decoder = new TextDecoder();
    const parser = new SseParser((event) => {
      if (this.abort === abort) this.hooks.event(event);
    });
    const stop = () => void reader.cancel().catch(() => undefined);
    abort.signal.addEventListener("abort", stop);
    this.watch(abort, SILENCE);
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.abort !== abort) return;
      this.attempt = 0;
      this.watch(abort, SILENCE);
      parser.push(decoder.decode(value, { stream: true }));
    }
  }
}

/** The typing indicator: soon after sending, and always with an end. */

import type { Store } from "./state";

const DELAY = 150;
const LONGEST = 30_000;

export class Typing {
  private delay: ReturnType<typeof setTimeout> | undefined;
  private limit: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly store: Store) {}

  /** The customer sent something: only the bot is known to start at once. */
  expect(): void {
    if (this.store.state.owner.owner !== "bot") return;
    clearTimeout(this.delay);
    this.delay = setTimeout(() => this.show("bot"), DELAY);
  }

  show(from: "bot" | "agent"): void {
    this.stop();
    this.store.set({ typing: from });
    this.limit = setTimeout(() => this.stop(), LONGEST);
  }

  stop(): void {
    clearTimeout(this.delay);
    clearTimeout(this.limit);
    if (this.store.state.typing) this.store.set({ typing: null });
  }
}

/** Who else has the open chat on their screen: said again every few seconds, forgotten when it is not. */

import type { DeskApi } from "./api";
import type { Store } from "./state";

/** How often this page says that its agent looks, ms. */
const EVERY = 10_000;
/** A colleague of whom nothing is heard looks no more after this time, ms. */
const FORGOTTEN = 25_000;
/** Who has written something is shown writing for this long, ms. */
const WRITING = 6000;
const WRITING_EVERY = 3000;

export interface Looker {
  chat: string;
  agent: string;
  /** Until when it is believed, ms. */
  until: number;
  writesUntil: number;
}

/** A colleague's name, and whether they write. */
export interface Seen {
  name: string;
  writes: boolean;
}

/** Those who look at a chat now, in the order in which they came. */
export function lookersOf(
  lookers: readonly Looker[],
  agents: readonly { id: string; name: string }[],
  chat: string | null,
  now: number,
): Seen[] {
  return lookers
    .filter((each) => each.chat === chat && each.until > now)
    .map((each) => ({
      name: agents.find((agent) => agent.id === each.agent)?.name ?? "",
      writes: each.writesUntil > now,
    }))
    .filter((each) => each.name !== "");
}

export class Looking {
  private shown: string | null = null;
  private wroteAt = 0;

  constructor(
    private readonly store: Store,
    private readonly api: DeskApi,
  ) {}

  /** Says from now on what this page shows. */
  start(): void {
    this.store.subscribe(() => this.look());
    document.addEventListener("visibilitychange", () => this.look());
    window.addEventListener("pagehide", () => this.show(null));
    setInterval(() => {
      if (this.shown) this.tell(this.shown, true);
    }, EVERY);
  }

  /** A colleague looks, or has stopped. One who has just come is told at once that this agent is here. */
  heard(chat: string, agent: string, on: boolean, writes: boolean): void {
    const now = Date.now();
    const { lookers } = this.store.state;
    const others = lookers.filter((each) => each.chat !== chat || each.agent !== agent);
    const before = lookers.find((each) => each.chat === chat && each.agent === agent);
    const fresh = lookers.filter((each) => each.until > now);
    if (!on) {
      this.store.set({ lookers: others });
      return;
    }
    const writesUntil = writes ? now + WRITING : (before?.writesUntil ?? 0);
    const known = { chat, agent, until: now + FORGOTTEN, writesUntil };
    const kept = others.filter((each) => fresh.includes(each));
    this.store.set({ lookers: [...kept, known].sort((a, b) => (a.agent < b.agent ? -1 : 1)) });
    const isNew = !before || before.until <= now;
    if (isNew && this.shown === chat) this.tell(chat, true);
  }

  /** The agent writes an answer or a note. */
  writes(): void {
    const now = Date.now();
    if (!this.shown || now - this.wroteAt < WRITING_EVERY) return;
    this.wroteAt = now;
    this.tell(this.shown, true, true);
  }

  private look(): void {
    const { phase, page, open, me } = this.store.state;
    const seen = phase === "ready" && page === "chats" && document.visibilityState === "visible";
    this.show(seen && me && me.role !== "auditor" && open?.phase === "ready" ? open.id : null);
  }

  private show(chat: string | null): void {
    if (chat === this.shown) return;
    const before = this.shown;
    this.shown = chat;
    this.wroteAt = 0;
    if (before && this.store.state.phase === "ready") this.tell(before, false);
    if (chat) this.tell(chat, true);
  }

  private tell(chat: string, on: boolean, writes = false): void {
    // what gets lost is said again, or forgotten by those who would have heard it
    this.api.looking(chat, on, writes).catch(() => undefined);
  }
}

/** What arrives, by answer or by stream, on its way into the state. */

import type { SseEvent } from "../shared/sse";
import { Cursor } from "./cursor";
import { lastSeq, mergeMessages, type Store, withoutConfirmed } from "./state";
import { type Message, type Owner, type OwnerInfo, readMessage, readOwnerInfo } from "./types";
import type { Typing } from "./typing";

const STALE_REPLY = 4000;

export class Inbox {
  cursor = new Cursor(0);
  /** Catching up after the page was loaded: what comes now was missed, not seen arriving. */
  restoring = false;
  /** Set by the view: whether the newest message is in sight; new messages to say aloud. */
  atBottom: () => boolean = () => true;
  onNew: (messages: Message[]) => void = () => undefined;
  private gapTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: Store,
    private readonly typing: Typing,
    private readonly reread: () => void,
    private readonly remember: () => void,
  ) {}

  /** From now on another conversation, known up to `seq`. */
  follow(seq: number, restoring: boolean): void {
    clearTimeout(this.gapTimer);
    this.cursor = new Cursor(seq);
    this.restoring = restoring;
  }

  receive(event: SseEvent): void {
    let data: unknown;
    try {
      data = JSON.parse(event.data);
    } catch {
      return;
    }
    const value = data as { from?: unknown; on?: unknown; seq?: unknown } | null;
    if (event.event === "message") this.message(readMessage(data));
    else if (event.event === "owner") this.owner(readOwnerInfo(data));
    else if (event.event === "typing" && !value?.on) this.typing.stop();
    else if (event.event === "typing") this.typing.show(value?.from === "agent" ? "agent" : "bot");
    else if (event.event === "read" && typeof value?.seq === "number") this.read(value.seq);
  }

  /** The answer to a POST: replies that may overtake the stream. */
  answer(messages: readonly Message[], owner: Owner | null): void {
    if (owner && owner !== this.store.state.owner.owner) this.owner({ owner, agent: null, waiting: null });
    this.apply(messages);
    clearTimeout(this.gapTimer);
    this.gapTimer = setTimeout(() => {
      if (lastSeq(this.store.state.messages) > this.cursor.value) this.reread();
    }, STALE_REPLY);
  }

  apply(more: readonly Message[]): void {
    const { state } = this.store;
    if (more.some((each) => each.from === "bot" || each.from === "agent")) this.typing.stop();
    const messages = mergeMessages(state.messages, more);
    if (messages === state.messages) return;
    const known = new Set(state.messages);
    const fresh = messages.filter(
      (each) => !known.has(each) && each.seq > state.seen && each.from !== "customer",
    );
    const visible = state.open && document.visibilityState === "visible";
    const looking = visible && this.atBottom() && !this.restoring;
    // the greeting is no news
    const first = !looking && state.messages.length > 0 ? fresh[0] : undefined;
    this.store.set({
      messages,
      pending: withoutConfirmed(state.pending, messages),
      divider: state.divider ?? first?.seq ?? null,
      phase: "ready",
    });
    if (fresh.length > 0) this.onNew(fresh);
    this.markSeen();
    if (!visible) this.remember();
  }

  markSeen(): void {
    const { messages, seen, open } = this.store.state;
    const last = lastSeq(messages);
    if (!open || document.visibilityState !== "visible" || last <= seen) return;
    this.store.set({ seen: last });
    this.remember();
  }

  private message(message: Message | null): void {
    if (!message) return;
    const known = new Set(this.store.state.messages.map((each) => each.seq));
    const hole = this.cursor.advance(message.seq, (seq) => known.has(seq));
    this.apply([message]);
    if (hole) this.reread();
  }

  private owner(info: OwnerInfo | null): void {
    if (!info) return;
    if (info.owner !== this.store.state.owner.owner) this.typing.stop();
    this.store.set({ owner: info });
  }

  private read(seq: number): void {
    this.store.set({ readByShop: Math.max(this.store.state.readByShop, seq) });
  }
}

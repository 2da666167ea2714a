/** Telling the agent of a new waiting customer: spoken, by a short sound, by a notification. */

import type { State } from "./state";
import { strings } from "./strings.ja";
import type { ChatSummary } from "./types";

/** Who has waited longer than this, ms, is not new, whenever this page hears of it. */
const NEW = 5 * 60_000;
/** What an agent does is heard of within this time, ms. */
const OWN = 15_000;

let audio: AudioContext | null = null;

/** Two soft tones, a third of a second. Silent where the browser has no sound or has not been touched yet. */
function beep(): void {
  try {
    audio ??= new AudioContext();
    const start = audio.currentTime;
    for (const [index, pitch] of [660, 880].entries()) {
      const at = start + index * 0.14;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.16);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.18);
    }
  } catch {
    // no sound is no reason to stop
  }
}

/** Asks once; true when notifications may be shown. */
export async function askForNotifications(): Promise<boolean> {
  if (typeof Notification === "undefined") return false;
  if (Notification.permission === "default") await Notification.requestPermission();
  return Notification.permission === "granted";
}

function notify(chat: ChatSummary, open: (id: string) => void): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  const title = chat.owner === "agent" ? strings.notification.given : strings.notification.title;
  // no words of the customer: others may see the screen
  const note = new Notification(title, {
    body: strings.notification.body(strings.channel(chat.channel), strings.reason(chat.reason ?? "customer")),
    tag: `chat-${chat.id}`,
  });
  note.onclick = () => {
    window.focus();
    open(chat.id);
    note.close();
  };
}

/**
 * Watches the queue and what the agent is given: who comes is told of once; who was there before the
 * agent came is not, nor what the agent did.
 */
export class Alerts {
  private known: Set<string> | null = null;
  private given: Set<string> | null = null;
  /** What the agent has just done something with, and when. */
  private readonly own = new Map<string, number>();
  private looked: readonly ChatSummary[] | null = null;

  constructor(
    private readonly say: (text: string) => void,
    private readonly open: (id: string) => void,
    private readonly sound: () => void = beep,
  ) {}

  /** The lists changed. */
  look(state: State): void {
    const queue = state.lists.queue;
    if (state.phase !== "ready") {
      this.known = null;
      this.looked = null;
      this.given = null;
      return;
    }
    this.lookAtMine(state);
    if (queue.loaded && queue.chats !== this.looked) {
      this.looked = queue.chats;
      const first = this.known === null;
      this.known ??= new Set();
      const fresh = queue.chats.filter((chat) => this.isNew(chat));
      if (!first) this.tell(fresh, state);
    }
  }

  /** One chat changed; it may stand behind what is loaded of the queue. */
  chat(summary: ChatSummary, state: State): void {
    if (this.known === null) return;
    if (summary.owner !== "queue" && !this.isOwn(summary.id)) this.known.delete(summary.id);
    if (summary.owner !== "queue") return;
    if (this.isNew(summary)) this.tell([summary], state);
  }

  /** The agent does something with a chat: where it goes now is no news. */
  did(id: string): void {
    this.own.set(id, Date.now());
  }

  private isOwn(id: string): boolean {
    return Date.now() - (this.own.get(id) ?? 0) < OWN;
  }

  /** Chats that a colleague, or the desk by itself, gave to the agent. */
  private lookAtMine(state: State): void {
    const { chats, loaded } = state.lists.mine;
    if (!loaded) return;
    const first = this.given === null;
    const before = this.given ?? new Set();
    this.given = new Set([...before, ...chats.map((chat) => chat.id)]);
    const fresh = chats.filter((chat) => !before.has(chat.id) && !this.isOwn(chat.id));
    if (!first) this.tell(fresh, state);
  }

  private isNew(chat: ChatSummary): boolean {
    if (this.known?.has(chat.id)) return false;
    this.known?.add(chat.id);
    if (this.isOwn(chat.id)) return false;
    return Date.now() - Date.parse(chat.waitingSince ?? "") < NEW;
  }

  private tell(fresh: readonly ChatSummary[], state: State): void {
    const first = fresh[0];
    if (!first) return;
    const reason = strings.reason(first.reason ?? "customer");
    const name = strings.customer(first.customer.name);
    this.say(first.owner === "agent" ? strings.announce.given(name) : strings.announce.waiting(name, reason));
    if (state.preferences.sound && state.me?.presence === "online") this.sound();
    if (state.preferences.notify && document.visibilityState !== "visible") {
      for (const chat of fresh.slice(0, 3)) notify(chat, this.open);
    }
  }
}

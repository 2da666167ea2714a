/** The desk's event stream: what it says goes to the lists and the open chat, and nothing is missed. */

import type { SseEvent } from "../shared/sse";
import { EventStream } from "../shared/stream";
import type { DeskApi } from "./api";
import { isObject, readAgents, readMessage, readSummary } from "./read";
import type { Store } from "./state";
import type { ChatSummary, DeskMessage } from "./types";

export interface LiveHooks {
  chat(summary: ChatSummary): void;
  message(chat: string, message: DeskMessage): void;
  typing(chat: string, on: boolean): void;
  /** A colleague has a chat on their screen, or has no more. */
  looking(chat: string, agent: string, on: boolean, writes: boolean): void;
  /** The chat is none that the agent may see any more. */
  hidden(chat: string): void;
  /** Something happened while nobody listened. */
  missed(): void;
  gone(): void;
}

export class Live {
  /** Up to where everything was heard. */
  private cursor: string | null = null;
  private broken = false;
  private readonly stream: EventStream;

  constructor(
    private readonly store: Store,
    api: DeskApi,
    private readonly hooks: LiveHooks,
  ) {
    this.stream = new EventStream({
      connect: (signal) => api.events(this.cursor, signal),
      event: (event) => this.event(event),
      up: () => store.set({ network: "online" }),
      down: () => {
        this.broken = true;
        store.set({ network: "reconnecting" });
      },
      gone: () => hooks.gone(),
    });
  }

  start(): void {
    this.stream.start();
  }

  stop(): void {
    this.stream.stop();
    this.cursor = null;
    this.broken = false;
  }

  reconnect(): void {
    this.stream.reconnect();
  }

  private event(event: SseEvent): void {
    const data = parsed(event.data);
    if (event.event === "hello") this.hello(data, event.id);
    else this.tell(event.event, data);
    if (event.id !== null && event.event !== "hello") this.cursor = event.id;
  }

  private hello(data: Record<string, unknown>, id: string | null): void {
    const now = data.cursor === undefined || data.cursor === null ? id : String(data.cursor);
    const missed = data.reload === true || (this.broken && (now === null || now !== this.cursor));
    this.broken = false;
    this.cursor = now ?? this.cursor;
    if (missed) this.hooks.missed();
  }

  private tell(name: string, data: Record<string, unknown>): void {
    const chat = typeof data.chat_id === "string" ? data.chat_id : "";
    if (name === "chat") {
      const summary = readSummary(data.summary) ?? readSummary(data);
      if (summary) this.hooks.chat(summary);
    } else if (name === "message") {
      const message = readMessage(data.message);
      if (chat && message) this.hooks.message(chat, message);
    } else if (name === "typing") {
      if (chat && data.from !== "agent") this.hooks.typing(chat, data.on !== false);
    } else if (name === "looking") {
      const agent = typeof data.agent_id === "string" ? data.agent_id : "";
      if (chat && agent) this.hooks.looking(chat, agent, data.on === true, data.writes === true);
    } else if (name === "gone") {
      if (chat) this.hooks.hidden(chat);
    } else if (name === "presence") {
      this.presence(data);
    } else if (name === "signed_out") {
      this.hooks.gone();
    }
  }

  /** Who is there now; what a colleague is not told of an agent stays as it was known. */
  private presence(data: Record<string, unknown>): void {
    const { agents, me } = this.store.state;
    const known = new Map(agents.map((each) => [each.id, each]));
    const told = readAgents(data.agents ?? [data.agent]);
    if (told.length === 0) return;
    for (const each of told) {
      const before = known.get(each.id);
      const { presence, chats, capacity } = each;
      known.set(each.id, before ? { ...before, name: each.name, presence, chats, capacity } : each);
    }
    const mine = told.find((each) => each.id === me?.id);
    this.store.set({
      agents: [...known.values()],
      me: me && mine ? { ...me, presence: mine.presence, chats: mine.chats } : me,
    });
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

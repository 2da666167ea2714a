/** The desk's event stream: what it says goes to the lists and the open chat, and nothing is missed. */

import type { SseEvent } from "../shared/sse";
import { EventStream } from "../shared/stream";
import type { DeskApi } from "./api";
import { isObject, readAgent, readMessage, readSummary } from "./read";
import type { Store } from "./state";
import type { ChatSummary, DeskMessage } from "./types";

export interface LiveHooks {
  chat(summary: ChatSummary): void;
  message(chat: string, message: DeskMessage): void;
  typing(chat: string): void;
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
    const missed = this.broken && (now === null || now !== this.cursor);
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
      if (chat && data.from !== "agent") this.hooks.typing(chat);
    } else if (name === "presence") {
      this.presence(data);
    }
  }

  private presence(data: Record<string, unknown>): void {
    const agent = readAgent(data.agent) ?? readAgent({ ...data, id: data.agent_id ?? data.id });
    if (!agent) return;
    const { agents, me } = this.store.state;
    const known = agents.some((each) => each.id === agent.id);
    this.store.set({
      agents: known
        ? agents.map((each) => (each.id === agent.id ? { ...each, presence: agent.presence } : each))
        : [...agents, agent],
      me: me?.id === agent.id ? { ...me, presence: agent.presence } : me,
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

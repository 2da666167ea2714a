/** A customer's orders, rentals and visits as the shop's systems have them now, and deeds on them. */

import { ApiError } from "../shared/api-error";
import { type DeskApi, DeskError } from "./api";
import { isObject, listOf, readCard } from "./read";
import type { Store } from "./state";
import type { Card } from "./types";

export type Kind = "order" | "rental" | "visit" | "product";
export type Group = "orders" | "rentals" | "visits";
export type Ruling = "yes" | "inquiry" | "no" | "told";

/** One rule's word on one thing. */
export interface Verdict {
  act: string;
  title: string;
  ruling: Ruling;
  label: string;
  reason: string;
  until: string | null;
  /** The assistant's own wording for the customer. */
  sentence: string | null;
}

export interface Thing {
  kind: Kind;
  number: string;
  /** By what the customer may see it; null: not proven in this chat. */
  proven: string | null;
  card: Card;
  verdicts: Verdict[];
}

export interface Loaded {
  phase: "loading" | "ready" | "failed";
  things: readonly Thing[];
  more: number;
}

export interface Deed {
  act: string;
  subject: string;
  inquiry: boolean;
  said: Record<string, string | boolean>;
}

/** What was done, with the sentence that tells the customer. */
export interface Result {
  number: string;
  inquiry: boolean;
  text: string;
}

export interface Slots {
  days: { day: string; label: string; times: string[] }[];
}

export const GROUPS: readonly Group[] = ["orders", "rentals", "visits"];
const KINDS: readonly Kind[] = ["order", "rental", "visit", "product"];
const RULINGS: readonly Ruling[] = ["yes", "inquiry", "no", "told"];

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const objects = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

function readVerdict(value: Record<string, unknown>): Verdict {
  const ruling = RULINGS.find((each) => each === value.ruling) ?? "no";
  return {
    act: text(value.act),
    title: text(value.title) || text(value.act),
    ruling,
    label: text(value.label),
    reason: text(value.reason),
    until: text(value.until) || null,
    sentence: text(value.sentence) || null,
  };
}

export function readThings(value: unknown): Thing[] {
  return objects(listOf(value, "things")).flatMap((each) => {
    const kind = KINDS.find((known) => known === each.kind);
    const card = readCard(each.card);
    if (!kind || !card || !text(each.number)) return [];
    return {
      kind,
      number: text(each.number),
      proven: text(each.proven) || null,
      card,
      verdicts: objects(each.verdicts).map(readVerdict),
    };
  });
}

function readSlots(value: unknown): Slots {
  const days = objects(listOf(value, "days")).map((each) => ({
    day: text(each.day),
    label: text(each.label),
    times: Array.isArray(each.times) ? each.times.map(text).filter(Boolean) : [],
  }));
  return { days };
}

/** Which of the addresses a written number belongs to. */
export function groupOf(written: string): "orders" | "rentals" | "products" | "visits" {
  const plain = written.normalize("NFKC").trim();
  if (/^v-?\d/i.test(plain)) return "visits";
  if (/^(r|アール)/i.test(plain) || /^\d{3}-?\d{3}$/.test(plain)) return "rentals";
  return /^[1-9]\d{9}$/.test(plain) ? "products" : "orders";
}

const nothing: Loaded = { phase: "loading", things: [], more: 0 };
const path = (chat: string, rest: string): string => `/chats/${encodeURIComponent(chat)}/${rest}`;

export class Skills {
  /** Which chat is shown; what arrives for another one is dropped. */
  private chat: string | null = null;
  private shown = "";
  private turn = 0;
  groups: Record<Group, Loaded> = { orders: nothing, rentals: nothing, visits: nothing };
  /** What an agent looked up by its number. */
  found: readonly Thing[] = [];
  /** Said below the search field. */
  said: string | null = null;
  result: Result | null = null;
  /** The stores' names, once asked for. */
  private stores: Promise<string[]> | null = null;
  /** Keys of deeds whose outcome is not known: the same deed again is the same one. */
  private readonly keys = new Map<string, string>();
  private listeners: (() => void)[] = [];

  constructor(
    private readonly store: Store,
    private readonly api: DeskApi,
  ) {
    store.subscribe(() => this.look());
  }

  subscribe(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Asks the systems anew when another chat is open, or the customer has proven something. */
  look(): void {
    const { open } = this.store.state;
    const chat = open?.chat ? open.id : null;
    const identity = open?.chat?.packet?.identity;
    const shown = JSON.stringify([chat, identity?.proven, identity?.memberId]);
    if (shown === this.shown) return;
    this.shown = shown;
    if (chat !== this.chat) {
      this.chat = chat;
      this.groups = { orders: nothing, rentals: nothing, visits: nothing };
      this.found = [];
      this.said = null;
      this.result = null;
    }
    if (chat) void this.load();
    this.tell();
  }

  async load(): Promise<void> {
    await Promise.all(GROUPS.map((group) => this.loadGroup(group)));
  }

  async loadGroup(group: Group): Promise<void> {
    const { chat } = this;
    if (!chat) return;
    this.set(group, { ...this.groups[group], phase: "loading" });
    let loaded: Loaded;
    try {
      const body = await this.api.ask("GET", path(chat, group));
      const more = isObject(body) && typeof body.more === "number" ? body.more : 0;
      loaded = { phase: "ready", things: readThings(body), more };
    } catch {
      loaded = { ...this.groups[group], phase: "failed" };
    }
    if (this.chat === chat) this.set(group, loaded);
  }

  /** Looks a number up, whoever's it is. */
  async find(
    written: string,
    otherwise: { none: (number: string) => string; failed: string },
  ): Promise<void> {
    const { chat } = this;
    const number = written.trim();
    if (!chat || !number) return;
    this.turn += 1;
    const { turn } = this;
    let said: string | null = null;
    let found: readonly Thing[] = [];
    try {
      const query = new URLSearchParams({ number });
      found = readThings(await this.api.ask("GET", path(chat, `${groupOf(number)}?${query}`)));
      if (found.length === 0) said = otherwise.none(number);
    } catch (error) {
      said = (error instanceof ApiError ? error.detail : null) ?? otherwise.failed;
    }
    if (this.chat !== chat || this.turn !== turn) return;
    this.found = found;
    this.said = said;
    this.tell();
  }

  /** Does it; returns a sentence when it was not done, else null. */
  async do(deed: Deed, unknown: string): Promise<string | null> {
    const { chat } = this;
    if (!chat) return unknown;
    const body = { subject: deed.subject, ...(deed.inquiry && { inquiry: true }), ...deed.said };
    const same = JSON.stringify([chat, deed.act, body]);
    const key = this.keys.get(same) ?? crypto.randomUUID();
    this.keys.set(same, key);
    let text: string;
    try {
      const answer = await this.api.ask("POST", path(chat, `skills/${deed.act}`), body, {
        "Idempotency-Key": key,
      });
      text = isObject(answer) && typeof answer.text === "string" ? answer.text : "";
    } catch (error) {
      const settled = error instanceof DeskError && error.status < 500;
      if (settled) this.keys.delete(same);
      if (settled && this.chat === chat) void this.afresh(deed.subject);
      return (error instanceof ApiError ? error.detail : null) ?? unknown;
    }
    this.keys.delete(same);
    if (this.chat !== chat) return null;
    this.result = { number: deed.subject, inquiry: deed.inquiry, text };
    this.tell();
    void this.afresh(deed.subject);
    return null;
  }

  /** Has the shop's system compare what the customer told the agent; returns why not, else null. */
  async prove(number: string, contact: string, unknown: string): Promise<string | null> {
    const { chat } = this;
    if (!chat) return unknown;
    const same = JSON.stringify([chat, number, contact]);
    const key = this.keys.get(same) ?? crypto.randomUUID();
    this.keys.set(same, key);
    try {
      await this.api.ask("POST", path(chat, "proofs"), { number, contact }, { "Idempotency-Key": key });
    } catch (error) {
      return (error instanceof ApiError ? error.detail : null) ?? unknown;
    }
    if (this.chat === chat) await this.afresh(number);
    return null;
  }

  storeNames(): Promise<string[]> {
    this.stores ??= this.api.ask("GET", "/stores").then((body) => {
      const names = listOf(body, "stores");
      return Array.isArray(names) ? names.map(text).filter(Boolean) : [];
    });
    this.stores.catch(() => {
      this.stores = null;
    });
    return this.stores;
  }

  async slots(store: string): Promise<Slots> {
    const query = new URLSearchParams({ store });
    return readSlots(await this.api.ask("GET", path(this.chat ?? "", `slots?${query}`)));
  }

  /** Shows how things stand after a deed. */
  private async afresh(number: string): Promise<void> {
    const looked = this.found.some((thing) => thing.number === number);
    const known = looked ? this.find(number, { none: () => "", failed: "" }) : null;
    await Promise.all([this.load(), known]);
  }

  private set(group: Group, loaded: Loaded): void {
    this.groups = { ...this.groups, [group]: loaded };
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

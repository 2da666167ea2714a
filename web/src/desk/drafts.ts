/** What an agent has written and not sent, kept for each chat until it is sent. */

import type { SentFile } from "./attaching";
import type { Unsent } from "./state";

const PREFIX = "madoguchi:desk:1:";
const memory = new Map<string, string>();

function get(key: string): string | null {
  try {
    return window.sessionStorage.getItem(PREFIX + key);
  } catch {
    // a blocked storage forgets at the end of the page
    return memory.get(key) ?? null;
  }
}

function set(key: string, value: string | null): void {
  try {
    if (value === null) window.sessionStorage.removeItem(PREFIX + key);
    else window.sessionStorage.setItem(PREFIX + key, value);
  } catch {
    if (value === null) memory.delete(key);
    else memory.set(key, value);
  }
}

export type DraftKind = "reply" | "note" | "inquiry";

export const drafts = {
  get: (kind: DraftKind, id: string): string => get(`${kind}:${id}`) ?? "",
  set: (kind: DraftKind, id: string, text: string): void => set(`${kind}:${id}`, text || null),

  /** Messages that were on their way when the page ended: whether they arrived is not known, so they wait. */
  unsent(): Unsent[] {
    try {
      const all: unknown = JSON.parse(get("unsent") ?? "[]");
      return (Array.isArray(all) ? all : []).filter(isUnsent).map((each) => ({
        key: each.key,
        chat: each.chat,
        text: each.text,
        status: "failed",
        error: null,
        files: (Array.isArray(each.files) ? each.files : []).filter(isFile),
      }));
    } catch {
      return [];
    }
  },
  keepUnsent: (all: readonly Unsent[]): void => set("unsent", all.length ? JSON.stringify(all) : null),

  /** Drafts outlast a sign-in that ran out, but not for somebody else. */
  belongTo(agent: string): void {
    const before = get("agent");
    if (before !== null && before !== agent) this.forget();
    set("agent", agent);
  },

  /** Everything goes when the agent signs out: the next one at this screen reads none of it. */
  forget(): void {
    memory.clear();
    try {
      for (const key of Object.keys(window.sessionStorage)) {
        if (key.startsWith(PREFIX)) window.sessionStorage.removeItem(key);
      }
    } catch {
      // nothing was kept
    }
  },
};

function isFile(value: unknown): value is SentFile {
  const each = (value ?? {}) as Partial<Record<keyof SentFile, unknown>>;
  return typeof each.id === "string" && typeof each.name === "string";
}

function isUnsent(value: unknown): value is Unsent {
  const each = (value ?? {}) as Partial<Record<keyof Unsent, unknown>>;
  return typeof each.key === "string" && typeof each.chat === "string" && typeof each.text === "string";
}

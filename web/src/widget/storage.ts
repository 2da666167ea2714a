/** What the browser remembers: the conversation (all tabs), open or closed and the draft (this tab). */

export interface StoredConversation {
  id: string;
  token: string;
  /** The highest message the customer has seen. */
  seen: number;
  /** When something last happened, ms. */
  active: number;
}

const OPEN = "madoguchi:1:open";
const DRAFT = ":draft";
const UNSENT = ":unsent";

/** Storage that never throws: a blocked one forgets at the end of the page. */
function safe(pick: () => Storage) {
  const memory = new Map<string, string>();
  return {
    get(key: string): string | null {
      try {
        return pick().getItem(key);
      } catch {
        return memory.get(key) ?? null;
      }
    },
    set(key: string, value: string | null): void {
      try {
        if (value === null) pick().removeItem(key);
        else pick().setItem(key, value);
      } catch {
        if (value === null) memory.delete(key);
        else memory.set(key, value);
      }
    },
  };
}

const shared = safe(() => window.localStorage);
const tab = safe(() => window.sessionStorage);

export function parseStored(text: string | null): StoredConversation | null {
  if (!text) return null;
  try {
    const value = JSON.parse(text) as Partial<StoredConversation> | null;
    if (!value || typeof value.id !== "string" || typeof value.token !== "string") return null;
    return {
      id: value.id,
      token: value.token,
      seen: Number(value.seen) || 0,
      active: Number(value.active) || 0,
    };
  } catch {
    return null;
  }
}

export const storage = {
  load: (key: string): StoredConversation | null => parseStored(shared.get(key)),
  save: (key: string, value: StoredConversation): void => shared.set(key, JSON.stringify(value)),
  forget: (key: string): void => shared.set(key, null),
  wasOpen: (): boolean => tab.get(OPEN) === "1",
  setOpen: (open: boolean): void => tab.set(OPEN, open ? "1" : null),
  draft: (key: string): string => tab.get(key + DRAFT) ?? "",
  setDraft: (key: string, text: string): void => tab.set(key + DRAFT, text || null),
  unsent: (key: string): string | null => tab.get(key + UNSENT),
  setUnsent: (key: string, text: string | null): void => tab.set(key + UNSENT, text),
};

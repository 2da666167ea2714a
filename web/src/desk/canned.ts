/** Canned answers: finding one by what follows a semicolon, and what the page of them needs. */

import type { DeskApi } from "./api";
import { people } from "./strings.people.ja";
import type { Canned } from "./types";

const texts = people.canned;

export interface Asked {
  /** Where the semicolon is. */
  start: number;
  end: number;
  words: string;
}

/** The `;shortcut` that ends at the caret. It starts the text or follows a space or a line break. */
export function asked(text: string, caret: number): Asked | null {
  const match = /(?:^|[\s　])([;；])([^\s;；　]*)$/.exec(text.slice(0, caret));
  if (!match) return null;
  const words = match[2] ?? "";
  return { start: caret - words.length - 1, end: caret, words };
}

const plain = (text: string): string => text.normalize("NFKC").toLowerCase();

/** The best matches first: the shortcut's beginning, then what is in shortcut or title. */
export function matching(all: readonly Canned[], words: string, site: string | null, most = 8): Canned[] {
  const wanted = plain(words);
  const rank = (each: Canned): number => {
    if (plain(each.shortcut).startsWith(wanted)) return 0;
    return plain(each.shortcut).includes(wanted) || plain(each.title).includes(wanted) ? 1 : 2;
  };
  return all
    .filter((each) => (!each.site || !site || each.site === site) && rank(each) < 2)
    .sort((a, b) => rank(a) - rank(b) || a.shortcut.localeCompare(b.shortcut, "ja"))
    .slice(0, most);
}

/** By their shortcuts, as the page lists them. */
export const listed = (all: readonly Canned[]): Canned[] =>
  [...all].sort((a, b) => a.shortcut.localeCompare(b.shortcut, "ja"));

/** Whether an answer is for a site (null: whichever) and has the words in it. */
export function matches(canned: Canned, words: string, site: string | null): boolean {
  if (site !== null && canned.site !== null && canned.site !== site) return false;
  const wanted = plain(words.trim());
  return [canned.shortcut, canned.title, canned.text].some((each) => plain(each).includes(wanted));
}

/** Why an answer cannot be stored as it is, in a sentence; null when it can. */
export function wrongWith(canned: Canned, all: readonly Canned[]): string | null {
  if (!/^[a-z0-9_-]{1,40}$/.test(canned.shortcut)) return texts.shortcutWrong;
  if (all.some((each) => each.id !== canned.id && each.shortcut === canned.shortcut))
    return texts.shortcutTaken;
  if (canned.title === "" || canned.title.length > 80) return texts.nameWrong;
  return canned.text === "" ? texts.textWrong : null;
}

/** Stores a new answer (without an id) or a changed one. */
export async function saveCanned(api: DeskApi, { id, ...canned }: Canned): Promise<void> {
  if (id === "") await api.call("POST", "/canned", canned);
  else await api.call("PUT", `/canned/${encodeURIComponent(id)}`, canned);
}

/** Finding a canned answer by what follows a semicolon. */

import type { Canned } from "./types";

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

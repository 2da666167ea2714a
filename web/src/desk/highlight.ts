/** Finding the searched words in a text as a reader would: wide or narrow, upper or lower, either kana. */

export interface Piece {
  text: string;
  found: boolean;
}

/** Katakana as hiragana, wide letters as narrow ones, capitals as small ones. */
function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/** The text in pieces; those that match one of the words are `found`. Together they are the whole text. */
export function pieces(text: string, words: string): Piece[] {
  const wanted = folded(words)
    .split(/\s+/)
    .filter((word) => word !== "");
  // for each folded letter the place of the letter that it came from
  const places: number[] = [];
  let all = "";
  let at = 0;
  for (const letter of text) {
    const plain = folded(letter);
    for (let i = 0; i < plain.length; i++) places.push(at);
    all += plain;
    at += letter.length;
  }
  places.push(text.length);
  const marked = new Array<boolean>(text.length).fill(false);
  for (const word of wanted) {
    for (let from = all.indexOf(word); from >= 0; from = all.indexOf(word, from + word.length)) {
      const last = places[from + word.length - 1] ?? 0;
      const end = last + ((text.codePointAt(last) ?? 0) > 0xffff ? 2 : 1);
      marked.fill(true, places[from], end);
    }
  }
  return runs(text, marked);
}

function runs(text: string, marked: readonly boolean[]): Piece[] {
  const found: Piece[] = [];
  let start = 0;
  for (let i = 1; i <= text.length; i++) {
    if (i < text.length && marked[i] === marked[start]) continue;
    found.push({ text: text.slice(start, i), found: marked[start] ?? false });
    start = i;
  }
  return found;
}

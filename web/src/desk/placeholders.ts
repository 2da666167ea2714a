/** Places in a canned answer that a person has to fill in: {{…}} and 〔…〕. */

const PLACE = /\{\{[^{}]*\}\}|〔[^〔〕]*〕/g;

export interface Place {
  start: number;
  end: number;
  name: string;
}

/** Every open place of a text, in order. */
export function places(text: string): Place[] {
  return [...text.matchAll(PLACE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    name: match[0].replace(/^(\{\{|〔)|(\}\}|〕)$/g, "").trim(),
  }));
}

/** The first open place at or after a position, else the first of all. */
export function nextPlace(text: string, from = 0): Place | null {
  const all = places(text);
  return all.find((place) => place.start >= from) ?? all[0] ?? null;
}

/** Fills the places whose names are known; the others stay open. */
export function filled(text: string, known: Readonly<Record<string, string | null>>): string {
  return text.replace(PLACE, (whole) => {
    const name = whole.replace(/^(\{\{|〔)|(\}\}|〕)$/g, "").trim();
    return (Object.hasOwn(known, name) && known[name]) || whole;
  });
}

/** The text in pieces, its open places apart. */
export function splitPlaces(text: string): { text: string; place: boolean }[] {
  const pieces: { text: string; place: boolean }[] = [];
  let at = 0;
  for (const { start, end } of places(text)) {
    pieces.push({ text: text.slice(at, start), place: false }, { text: text.slice(start, end), place: true });
    at = end;
  }
  return [...pieces, { text: text.slice(at), place: false }].filter((piece) => piece.text !== "");
}

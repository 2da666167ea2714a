/** Finds what can be followed in plain text. Nothing here makes markup out of data. */

export interface Piece {
  text: string;
  href: string | null;
}

// Web addresses end at the first character that is not ASCII: Japanese text follows without a space.
const URL_ = "https?:\\/\\/[\\w\\-.~:/?#[\\]@!$&'()*+,;=%]+";
const MAIL = "[\\w.+-]+@[a-z\\d](?:[a-z\\d-]*[a-z\\d])?(?:\\.[a-z\\d](?:[a-z\\d-]*[a-z\\d])?)+";
// Only with separators: ten digits in a row are a product number.
const PHONE = "(?:\\(0\\d{1,4}\\)\\s?|0\\d{1,4}-)\\d{1,4}-\\d{3,4}";
const PATTERN = new RegExp(`(${URL_})|((?<![\\w.+-])${MAIL})|((?<![\\d-])${PHONE}(?![\\d-]))`, "gi");

/** Only what opens a page, a mail or a call. Relative addresses are the shop's own pages. */
export function safeUrl(url: string, base = document.baseURI): string | null {
  try {
    const parsed = new URL(url, base);
    return ["http:", "https:", "mailto:", "tel:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

export function safeImage(url: string, base = document.baseURI): string | null {
  if (/^data:image\/(png|jpeg|webp|gif|avif);base64,/i.test(url)) return url;
  const href = safeUrl(url, base);
  return href && /^https?:/.test(href) ? href : null;
}

/** Sentence marks at the end, and a bracket that was opened before the address, are not part of it. */
function trimUrl(url: string): string {
  let end = url.length;
  for (;;) {
    const last = url[end - 1] ?? "";
    const closing = last === ")" || last === "]";
    const opening = last === ")" ? "(" : "[";
    const text = url.slice(0, end);
    const unbalanced = closing && text.split(last).length > text.split(opening).length;
    if (!/[.,;:!?'*]/.test(last) && !unbalanced) return text;
    end -= 1;
  }
}

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  const plain = (end: number) => {
    if (end > done) pieces.push({ text: text.slice(done, end), href: null });
  };
  for (const match of text.matchAll(PATTERN)) {
    const [whole, url, mail, phone] = match;
    const found = url ? trimUrl(url) : whole;
    const digits = phone?.replace(/\D/g, "") ?? "";
    if (phone && digits.length !== 10 && digits.length !== 11) continue;
    const target = mail ? `mailto:${mail}` : phone ? `tel:${digits}` : found;
    const href = safeUrl(target);
    if (!href) continue;
    plain(match.index);
    pieces.push({ text: found, href });
    done = match.index + found.length;
  }
  plain(text.length);
  return pieces;
}

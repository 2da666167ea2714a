/** Text of customers, orders and platforms, as text; links only where they lead somewhere harmless. */

import { h } from "../../shared/dom";
import { linkify, safeUrl } from "../../shared/linkify";

export function textNodes(text: string): Node[] {
  return linkify(text).map((piece) =>
    piece.href
      ? h("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer" }, piece.text)
      : document.createTextNode(piece.text),
  );
}

/** A link, or only its words when it would do something else than open a page, a mail or a call. */
export function link(title: string, url: string): HTMLElement {
  const href = /^(https?|mailto|tel):/i.test(url) ? safeUrl(url) : null;
  return href
    ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, title || href)
    : h("span", {}, title || url);
}

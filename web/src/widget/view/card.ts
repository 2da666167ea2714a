/** A card: picture, title, state in colour and word, rows, links. */

import { h } from "../../shared/dom";
import { safeImage, safeUrl } from "../../shared/linkify";
import type { Card } from "../types";

function picture(url: string): HTMLElement | null {
  const source = safeImage(url);
  if (!source) return null;
  const image = h("img", { src: source, alt: "", decoding: "async", referrerpolicy: "no-referrer" });
  const slot = h("div", { class: "card-picture" }, image);
  image.addEventListener("error", () => slot.remove());
  return slot;
}

export function cardView(card: Card): HTMLElement {
  const rows = card.rows.map((row) => h("div", {}, h("dt", {}, row.label), h("dd", {}, row.value)));
  const links = card.links.flatMap((link) => {
    const href = safeUrl(link.url);
    return href
      ? [
          h(
            "a",
            { href, target: "_blank", rel: "noopener noreferrer", class: "card-link" },
            link.title || href,
          ),
        ]
      : [];
  });
  return h(
    "div",
    { class: "card" },
    h(
      "div",
      { class: "card-head" },
      card.image && picture(card.image),
      h(
        "div",
        { class: "card-name" },
        card.title && h("p", { class: "card-title" }, card.title),
        card.state && h("span", { class: `state ${card.state.tone}` }, card.state.label),
      ),
    ),
    rows.length > 0 && h("dl", { class: "card-rows" }, ...rows),
    links.length > 0 && h("div", { class: "card-links" }, ...links),
  );
}

/** An order or rental card with the rules' verdicts. */

import { h } from "../../shared/dom";
import type { Card } from "../types";
import { link, textNodes } from "./text";

export function cardView(card: Card): HTMLElement {
  const rows = card.rows.map((row) =>
    h("div", { class: row.tone ?? "" }, h("dt", {}, row.label), h("dd", {}, ...textNodes(row.value))),
  );
  return h(
    "div",
    { class: "card" },
    h(
      "p",
      { class: "card-head" },
      h("span", { class: "card-title" }, card.title),
      card.state && h("span", { class: `state ${card.state.tone}` }, card.state.label),
    ),
    rows.length > 0 && h("dl", {}, ...rows),
    card.links.length > 0 &&
      h("p", { class: "card-links" }, ...card.links.map((each) => link(each.title, each.url))),
  );
}

/** The rows of the log as elements. */

import { h, icons } from "../../shared/dom";
import { linkify } from "../../shared/linkify";
import type { Pending } from "../state";
import { strings, timeText } from "../strings.ja";
import { cardView } from "./card";
import { type FileActions, filesView, sendingView } from "./files";
import type { MessageRow, Row } from "./rows";
import { type WordActions, wordView } from "./word";

export interface RowActions extends WordActions, FileActions {
  choose(id: string, title: string): void;
  retry(clientId: string): void;
  edit(pending: Pending): void;
  /** The fields of who proves an order: they are there once. */
  readonly identity: HTMLElement;
  startAgain(): void;
  startNew(): void;
}

export function textNodes(text: string): Node[] {
  return linkify(text).map((piece) =>
    piece.href
      ? h("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer" }, piece.text)
      : document.createTextNode(piece.text),
  );
}

function choicesView(row: MessageRow, actions: RowActions): HTMLElement | null {
  if (!row.choices) return null;
  const { list, active, taken } = row.choices;
  const buttons = list.map((choice) =>
    h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: choice.id === taken ? "choice taken" : "choice",
          disabled: !active,
          onclick: () => actions.choose(choice.id, choice.title),
        },
        h("span", {}, choice.title),
        active ? icons.next() : null,
        choice.id === taken ? icons.done() : null,
        choice.id === taken && h("span", { class: "vh" }, strings.taken),
      ),
    ),
  );
  return h("ul", { class: active ? "choices" : "choices past" }, ...buttons);
}

function problemView(pending: Pending, actions: RowActions): HTMLElement {
  const again = pending.retryable
    ? h(
        "button",
        {
          type: "button",
          class: "small-button",
          disabled: pending.retryAt !== null,
          onclick: () => actions.retry(pending.clientId),
        },
        strings.retry,
      )
    : pending.choice === null &&
      !pending.file &&
      pending.about === undefined &&
      h(
        "button",
        { type: "button", class: "small-button", onclick: () => actions.edit(pending) },
        strings.edit,
      );
  return h(
    "div",
    { class: "problem" },
    h("p", {}, icons.alert(), h("span", {}, pending.error ?? strings.failed.server)),
    again,
  );
}

function statusText(pending: Pending | null): string | null {
  if (pending?.status === "sending") return strings.sending;
  return pending?.status === "queued" ? strings.waitingTurn : null;
}

function messageView(row: MessageRow, actions: RowActions): HTMLElement {
  const failed = row.pending?.status === "failed";
  const status = statusText(row.pending);
  const label = h("span", { class: "vh" }, `${row.speaker}: `);
  const side = h(
    "span",
    { class: "side" },
    row.read && h("span", { class: "read" }, strings.read),
    status && h("span", { class: "status" }, status),
    !status && !failed && h("time", { datetime: row.at }, timeText(row.at)),
  );
  const files = row.pending ? sendingView(row.pending, actions) : filesView(row.files, actions);
  const bubble = h("div", { class: "bubble", tabindex: -1 }, label, ...textNodes(row.text));
  const classes = ["row", "message", row.from, row.name && "first", row.last && "last", failed && "unsent"];
  return h(
    "div",
    { class: classes.filter(Boolean).join(" ") },
    row.name && h("p", { class: "name", "aria-hidden": "true" }, row.name),
    (row.text || !(row.card || files)) && h("div", { class: "line" }, bubble, side),
    files &&
      h(
        "div",
        { class: "line" },
        h("div", { class: "bubble bare", tabindex: -1 }, label.cloneNode(true), files),
        !row.text && side,
      ),
    row.card && cardView(row.card),
    choicesView(row, actions),
    row.word !== null && wordView(row.word, actions),
    row.identity && actions.identity,
    failed && row.pending && problemView(row.pending, actions),
  );
}

function dots(): HTMLElement {
  return h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
}

export function rowView(row: Row, actions: RowActions): HTMLElement {
  switch (row.type) {
    case "message":
      return messageView(row, actions);
    case "typing":
      return h("div", { class: `row typing ${row.from}` }, dots(), h("span", { class: "vh" }, row.text));
    case "starting":
      return h("div", { class: "row starting" }, dots(), h("span", {}, row.text));
    case "failed":
      return h(
        "div",
        { class: "row stop" },
        h("p", {}, row.text),
        h(
          "button",
          { type: "button", class: "small-button", onclick: () => actions.startAgain() },
          strings.startAgain,
        ),
      );
    case "closed":
      return h(
        "div",
        { class: "row stop" },
        h("p", {}, row.text),
        h(
          "button",
          { type: "button", class: "small-button", onclick: () => actions.startNew() },
          strings.startNew,
        ),
      );
    default:
      return h("p", { class: `row ${row.type}` }, h("span", {}, row.text));
  }
}

/** The rows of the transcript as elements. */

import { h } from "../../shared/dom";
import { attachmentUrl } from "../api";
import type { Unsent } from "../state";
import { strings } from "../strings.ja";
import { timeText } from "../time";
import type { Row } from "../transcript";
import type { Attachment, DeskMessage, Note, Understanding } from "../types";
import { cardView } from "./card";
import { button } from "./region";
import { textNodes } from "./text";

export interface RowActions {
  resend(delivery: string): void;
  retry(key: string): void;
  edit(key: string): void;
}

const words = strings.message;
const SHOWN = /^image\/(png|jpeg|gif|webp|avif)$/;

function size(bytes: number | null): string {
  if (bytes === null) return "";
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function attachmentView(each: Attachment): HTMLElement {
  const kind = strings.attachment.kinds[each.kind] ?? strings.attachment.kinds.file ?? "";
  const name = each.name || strings.attachment.unnamed;
  if (each.state !== "kept") {
    const state = each.state === "refused" ? strings.attachment.refused : strings.attachment.waiting;
    return h(
      "p",
      { class: "attachment" },
      h("span", {}, `${kind} ${name}`),
      h("span", { class: "hint" }, state),
    );
  }
  const href = attachmentUrl(each.id);
  const picture =
    SHOWN.test(each.contentType) && h("img", { src: href, alt: name, loading: "lazy", decoding: "async" });
  return h(
    "a",
    { class: "attachment", href, target: "_blank", rel: "noopener noreferrer" },
    picture,
    h("span", {}, `${kind} ${name}`),
    h("span", { class: "hint" }, size(each.size)),
  );
}

function understandingView(each: Understanding): HTMLElement {
  const percent = each.confidence === null ? null : `${Math.round(each.confidence * 100)}%`;
  return h("span", { class: "understanding" }, words.understanding(each.label, percent));
}

function deliveryView(message: DeskMessage, actions: RowActions): HTMLElement | null {
  const { delivery } = message;
  if (!delivery) return null;
  const failed = delivery.state === "parked" || delivery.state === "failed";
  const arrived = delivery.state === "sent" || delivery.state === "delivered";
  const counted = delivery.counted === null ? null : words.counted(delivery.counted);
  return h(
    "span",
    { class: failed ? "delivery bad" : "delivery" },
    [words.delivery(delivery.state), counted, arrived ? null : delivery.reason].filter(Boolean).join(" ・ "),
    failed && delivery.id
      ? button(words.resend, () => actions.resend(delivery.id), { class: "button small" })
      : null,
  );
}

function content(message: DeskMessage): (Node | null | false)[] {
  if (message.withdrawn) return [h("p", { class: "withdrawn" }, words.withdrawn)];
  return [
    message.text !== "" && h("div", { class: "bubble" }, ...textNodes(message.text)),
    ...message.attachments.map(attachmentView),
    message.card && cardView(message.card),
    message.choices.length > 0 &&
      h(
        "ul",
        { class: "choices", "aria-label": words.choices },
        ...message.choices.map((title) => h("li", {}, title)),
      ),
  ];
}

function messageView(row: Extract<Row, { type: "message" }>, actions: RowActions): HTMLElement {
  const { message, first, name } = row;
  const foot = h(
    "p",
    { class: "foot" },
    message.understanding && understandingView(message.understanding),
    deliveryView(message, actions),
    h("time", { datetime: message.at }, timeText(message.at)),
  );
  const parts = content(message);
  // long automatic answers are there to be looked up, not to be read again
  const folded = message.from === "bot" && (message.text.length > 160 || message.card !== null);
  const body = folded
    ? h(
        "details",
        { class: "fold" },
        h("summary", {}, message.text.split("\n")[0]?.slice(0, 80) || (message.card?.title ?? "")),
        ...parts,
      )
    : h("div", {}, ...parts);
  return h(
    "li",
    { class: `message ${message.from}${first ? " first" : ""}` },
    h("p", { class: first ? "speaker" : "vh" }, name),
    body,
    foot,
  );
}

function noteView(note: Note): HTMLElement {
  return h(
    "li",
    { class: "note" },
    h("p", { class: "speaker" }, words.note(note.agent)),
    h("div", { class: "bubble" }, ...textNodes(note.text)),
    h("p", { class: "foot" }, h("time", { datetime: note.at }, timeText(note.at))),
  );
}

function unsentView(unsent: Unsent, actions: RowActions): HTMLElement {
  const failed = unsent.status === "failed";
  return h(
    "li",
    { class: failed ? "message agent first unsent" : "message agent first" },
    unsent.text !== "" && h("div", { class: "bubble" }, ...textNodes(unsent.text)),
    ...(unsent.files ?? []).map((file) => h("p", { class: "attachment" }, h("span", {}, file.name))),
    h(
      "p",
      { class: failed ? "foot bad" : "foot", role: failed ? "alert" : null },
      failed ? (unsent.error ?? strings.unsent.failed) : strings.unsent.sending,
      failed && button(strings.unsent.again, () => actions.retry(unsent.key), { class: "button small" }),
      failed && button(strings.unsent.edit, () => actions.edit(unsent.key), { class: "button small" }),
    ),
  );
}

export function rowView(row: Row, actions: RowActions): HTMLElement {
  switch (row.type) {
    case "message":
      return messageView(row, actions);
    case "note":
      return noteView(row.note);
    case "unsent":
      return unsentView(row.unsent, actions);
    default:
      return h("li", { class: row.type }, h("span", {}, row.text));
  }
}

/** Files of a message: pictures in place, everything else by name; and one on its way. */

import { h, icons } from "../../shared/dom";
import { safeUrl } from "../../shared/linkify";
import type { Pending } from "../state";
import { strings } from "../strings.ja";
import type { Attachment } from "../types";

export interface FileActions {
  /** The whole address of a file that the API named by its path. */
  fileUrl(path: string): string;
  cancel(clientId: string): void;
}

const words = strings.file;
/** What every browser shows. */
const SHOWN = /^image\/(png|jpeg|gif|webp)$/;

function sizeText(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(1, Math.round(bytes / 1000))} KB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function chip(file: Attachment, href: string | null): HTMLElement {
  const name = file.name ?? words.kinds[file.kind] ?? words.kinds.file;
  const inside = [
    icons.file(),
    h("span", { class: "file-name" }, name),
    h("span", { class: "file-size" }, sizeText(file.size)),
  ];
  return href
    ? h("a", { class: "file", href, target: "_blank", rel: "noopener noreferrer" }, ...inside)
    : h("span", { class: "file" }, ...inside);
}

function fileView(file: Attachment, actions: FileActions): HTMLElement {
  const href = file.url ? safeUrl(actions.fileUrl(file.url)) : null;
  if (!href || !SHOWN.test(file.contentType)) return chip(file, href);
  const picture = h("img", {
    src: href,
    alt: file.name ?? words.kinds.image,
    decoding: "async",
    referrerpolicy: "no-referrer",
  });
  const link = h("a", { class: "picture", href, target: "_blank", rel: "noopener noreferrer" }, picture);
  // The page may not allow pictures from elsewhere, or the address may be over.
  picture.addEventListener("error", () => link.replaceWith(chip(file, href)));
  return link;
}

export function filesView(files: readonly Attachment[], actions: FileActions): HTMLElement | null {
  if (files.length === 0) return null;
  return h("div", { class: "files" }, ...files.map((file) => fileView(file, actions)));
}

/** A file that the customer sends, until it has arrived. */
export function sendingView(pending: Pending, actions: FileActions): HTMLElement | null {
  if (!pending.file) return null;
  const share = Math.round((pending.progress ?? 0) * 100);
  const running = pending.status === "sending" || pending.status === "queued";
  return h(
    "div",
    { class: "files" },
    h(
      "div",
      { class: "file" },
      icons.file(),
      h("span", { class: "file-name" }, pending.file.name),
      h("span", { class: "file-size" }, sizeText(pending.file.size)),
      running && h("progress", { max: 100, value: share, "aria-label": words.progress }),
      pending.status !== "sent" &&
        h(
          "button",
          {
            type: "button",
            class: "file-cancel",
            "aria-label": words.cancel(pending.file.name),
            onclick: () => actions.cancel(pending.clientId),
          },
          icons.close(),
        ),
    ),
  );
}

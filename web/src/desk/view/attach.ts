/** In the reply box: the files that go with the answer, and the ways to add one. */

import { h, icons } from "../../shared/dom";
import { filesOf } from "../../shared/upload";
import type { Held } from "../attaching";
import type { Desk } from "../desk";
import { isMine } from "../state";
import { strings } from "../strings.ja";

const words = strings.attachment;

function heldView(held: Held, remove: () => void): HTMLElement {
  const state = held.error
    ? h("span", { class: "error", role: "alert" }, held.error)
    : held.id === null && h("progress", { max: 1, value: held.progress, "aria-label": words.uploading });
  return h(
    "li",
    { class: held.error ? "held bad" : "held" },
    icons.file(),
    h("span", { class: "held-name" }, held.name),
    state,
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": words.remove(held.name), onclick: remove },
      icons.close(),
    ),
  );
}

export class Attach {
  private chat: string | null = null;
  private drawn = "";
  private readonly input = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    tabindex: -1,
    onchange: () => {
      const files = [...(this.input.files ?? [])];
      // the same file may be chosen again
      this.input.value = "";
      this.add(files);
    },
  });
  readonly button = h(
    "button",
    { type: "button", class: "button small attach-button", onclick: () => this.input.click() },
    icons.clip(),
    words.add,
  );
  private readonly list = h("ul", { class: "held-files", "aria-label": words.label, hidden: true });
  private readonly why = h("p", { class: "hint", id: "attach-why" });
  readonly element = h("div", { class: "attach" }, this.list, this.why, this.input);

  constructor(
    private readonly theDesk: () => Desk,
    private readonly said: (problem: string) => void,
  ) {
    this.button.setAttribute("aria-describedby", "attach-why");
  }

  /** Takes what is pasted or dropped on the box. */
  listen(box: HTMLElement): void {
    box.addEventListener("paste", (event) => this.came(event, filesOf(event.clipboardData)));
    box.addEventListener("drop", (event) => {
      box.classList.remove("dropping");
      // elsewhere the browser would leave the desk for the file
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      this.came(event, filesOf(event.dataTransfer));
    });
    box.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = this.allowed ? "copy" : "none";
      box.classList.toggle("dropping", this.allowed);
    });
    box.addEventListener("dragleave", (event) => {
      if (!(event.relatedTarget instanceof Node && box.contains(event.relatedTarget)))
        box.classList.remove("dropping");
    });
  }

  /** Shows how it stands in a chat; a note takes no files. */
  look(chat: string, reply: boolean): void {
    this.chat = chat;
    const open = this.desk.store.state.open?.chat ?? null;
    this.element.hidden = !reply;
    this.button.hidden = !reply;
    this.button.disabled = !this.allowed;
    const why = open?.filesReason ?? "";
    if (this.why.textContent !== why) this.why.textContent = why;
    this.why.hidden = why === "";
    this.input.accept = open?.canSendFiles === "images" ? "image/*" : "";
    const held = this.desk.attaching.of(chat);
    const drawn = JSON.stringify(held);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.list.hidden = held.length === 0;
    this.list.replaceChildren(
      ...held.map((each) => heldView(each, () => this.desk.attaching.remove(each.key))),
    );
  }

  private get desk(): Desk {
    return this.theDesk();
  }

  private get allowed(): boolean {
    const open = this.desk.store.state.open?.chat;
    return !!open && open.canSendFiles !== false && isMine(this.desk.store.state, open.summary);
  }

  private came(event: Event, files: readonly File[]): void {
    if (files.length === 0 || this.element.hidden || !this.allowed) return;
    event.preventDefault();
    this.add(files);
  }

  private add(files: readonly File[]): void {
    if (this.chat && files.length > 0) this.said(this.desk.attaching.add(this.chat, files));
  }
}

/** The ways to a file: a button beside the field, a paste, something dropped on the panel. */

import { h, icons } from "../../shared/dom";
import { filesOf } from "../../shared/upload";
import { strings } from "../strings.ja";

const words = strings.file;

export class Attach {
  private readonly input = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    tabindex: -1,
    "aria-hidden": "true",
    onchange: () => this.chosen(),
  });
  private readonly button = h(
    "button",
    {
      type: "button",
      class: "attach",
      "aria-label": words.attach,
      title: words.attach,
      onclick: () => this.input.click(),
    },
    icons.clip(),
  );
  readonly element = h("span", { class: "attach-box", hidden: true }, this.input, this.button);
  private readonly hint = h("p", { class: "drop", hidden: true, "aria-hidden": "true" }, words.drop);

  constructor(private readonly send: (files: readonly File[]) => void) {}

  /** A person is there, or on the way: only they can look at a file. */
  allow(allowed: boolean): void {
    this.element.hidden = !allowed;
    if (!allowed) this.hint.hidden = true;
  }

  /** Takes what is pasted or dropped anywhere in the panel. */
  listen(panel: HTMLElement): void {
    panel.append(this.hint);
    panel.addEventListener("paste", (event) => this.came(event, filesOf(event.clipboardData)));
    panel.addEventListener("drop", (event) => {
      this.hint.hidden = true;
      // Elsewhere the browser would leave the shop's page for the file.
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
      this.came(event, filesOf(event.dataTransfer));
    });
    panel.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = this.element.hidden ? "none" : "copy";
      this.hint.hidden = this.element.hidden;
    });
    panel.addEventListener("dragleave", (event) => {
      if (!(event.relatedTarget instanceof Node && panel.contains(event.relatedTarget)))
        this.hint.hidden = true;
    });
  }

  private came(event: Event, files: readonly File[]): void {
    if (files.length === 0 || this.element.hidden) return;
    event.preventDefault();
    this.send(files);
  }

  private chosen(): void {
    const files = [...(this.input.files ?? [])];
    // The same file may be chosen again.
    this.input.value = "";
    if (files.length > 0) this.send(files);
  }
}

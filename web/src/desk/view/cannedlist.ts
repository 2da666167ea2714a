/** The canned answers that match what follows the semicolon: a listbox that the text field leads. */

import { h } from "../../shared/dom";
import { type Asked, asked, matching } from "../canned";
import { strings } from "../strings.ja";
import type { Canned } from "../types";

export class CannedList {
  readonly element = h("ul", {
    class: "canned",
    id: "canned",
    role: "listbox",
    "aria-label": strings.composer.canned,
    hidden: true,
  });
  private found: Canned[] = [];
  private at = 0;
  private place: Asked | null = null;

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly all: () => { canned: readonly Canned[]; site: string | null },
    private readonly choose: (canned: Canned, place: Asked) => void,
  ) {}

  /** The text or the caret changed. */
  look(): void {
    const { canned, site } = this.all();
    this.place = asked(this.field.value, this.field.selectionStart);
    this.found = this.place ? matching(canned, this.place.words, site) : [];
    this.at = 0;
    this.show();
  }

  close(): void {
    this.found = [];
    this.show();
  }

  /** True when the key was the list's. */
  key(event: KeyboardEvent): boolean {
    if (this.found.length === 0 || event.isComposing || event.ctrlKey || event.metaKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.show();
      return true;
    }
    if (event.key === "Enter" || event.key === "Tab") {
      this.take(this.at);
      return true;
    }
    if (event.key !== "Escape") return false;
    event.stopPropagation();
    this.close();
    return true;
  }

  private take(index: number): void {
    const canned = this.found[index];
    if (canned && this.place) this.choose(canned, this.place);
    this.close();
  }

  private show(): void {
    const open = this.found.length > 0;
    this.element.hidden = !open;
    if (open) this.field.setAttribute("aria-activedescendant", `canned-${this.at}`);
    else this.field.removeAttribute("aria-activedescendant");
    this.element.replaceChildren(
      ...this.found.map((each, index) =>
        h(
          "li",
          {
            id: `canned-${index}`,
            role: "option",
            "aria-selected": String(index === this.at),
            // before the field loses the focus
            onmousedown: (event: Event) => {
              event.preventDefault();
              this.take(index);
            },
          },
          h("kbd", {}, `;${each.shortcut}`),
          h("strong", {}, each.title),
          h("span", {}, each.text.slice(0, 80)),
        ),
      ),
    );
    this.element.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }
}

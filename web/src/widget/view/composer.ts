/** The text field that grows, its counter, and the send button. */

import { counter, EnterKey, sendable } from "../../shared/composer-text";
import { h, icons } from "../../shared/dom";
import { strings } from "../strings.ja";
import { Attach } from "./attach";

const MOST_LINES = 5;

export class Composer {
  private readonly enter = new EnterKey();
  private readonly count = h("p", { class: "count", id: "count", hidden: true });
  readonly attach = new Attach((files) => this.sendFiles(files));
  readonly field = h("textarea", {
    class: "field",
    rows: 1,
    placeholder: strings.composer.placeholder,
    "aria-label": strings.composer.label,
    "aria-describedby": "count",
    enterkeyhint: "send",
    autocomplete: "off",
    oninput: () => this.changed(),
    onkeydown: (event: KeyboardEvent) => this.key(event),
    oncompositionstart: () => this.enter.start(),
    oncompositionend: (event: CompositionEvent) => this.enter.end(event.timeStamp),
  });
  private readonly button = h(
    "button",
    { type: "submit", class: "send", "aria-label": strings.composer.send, title: strings.composer.send },
    icons.send(),
  );
  readonly element = h(
    "form",
    {
      class: "composer",
      onsubmit: (event: Event) => {
        event.preventDefault();
        this.submit();
      },
    },
    this.count,
    h("div", { class: "composer-line" }, this.attach.element, this.field, this.button),
  );

  constructor(
    private readonly send: (text: string) => void,
    private readonly keepDraft: (text: string) => void,
    private readonly sendFiles: (files: readonly File[]) => void,
  ) {}

  get text(): string {
    return this.field.value;
  }

  set text(text: string) {
    this.field.value = text;
    this.changed();
  }

  /** Puts a text back, without losing what was typed since. */
  restore(text: string): void {
    this.text = this.text.trim() ? `${text}\n${this.text}` : text;
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (this.enter.sends(event)) {
      event.preventDefault();
      this.submit();
    } else if (!event.isComposing && event.keyCode !== 229) {
      // the Enter that just confirmed a conversion must not leave a line break either
      event.preventDefault();
    }
  }

  private submit(): void {
    if (!sendable(this.text)) return;
    const text = this.text.trim();
    this.text = "";
    this.send(text);
    this.field.focus({ preventScroll: true });
  }

  private changed(): void {
    const state = counter(this.text);
    this.count.hidden = state.kind === "none";
    this.count.classList.toggle("over", state.kind === "over");
    if (state.kind !== "none") this.count.textContent = strings.composer[state.kind](state.count);
    this.field.setAttribute("aria-invalid", String(state.kind === "over"));
    this.button.disabled = !sendable(this.text);
    this.keepDraft(this.text);
    this.grow();
  }

  grow(): void {
    const { style } = this.field;
    style.setProperty("height", "auto");
    if (this.field.scrollHeight === 0) return;
    const computed = getComputedStyle(this.field);
    const padding = Number.parseFloat(computed.paddingTop) + Number.parseFloat(computed.paddingBottom);
    const most = Number.parseFloat(computed.lineHeight) * MOST_LINES + padding;
    style.setProperty("height", `${Math.min(this.field.scrollHeight, most)}px`);
    style.setProperty("overflow-y", this.field.scrollHeight > most + 1 ? "auto" : "hidden");
  }
}

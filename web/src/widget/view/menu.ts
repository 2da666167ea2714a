/** The menu at the top of the panel: the conversation as a file, or by e-mail where mails can be sent. */

import { ApiError } from "../../shared/api-error";
import { h, icons } from "../../shared/dom";
import { strings } from "../strings.ja";

export interface MenuActions {
  /** Whether the service can send mails. */
  byEmail(): Promise<boolean>;
  file(): Promise<Blob>;
  mail(email: string): Promise<void>;
}

const words = strings.menu;

function save(file: Blob): void {
  const url = URL.createObjectURL(file);
  h("a", { href: url, download: words.fileName(new Date()) }).click();
  // some browsers read it only after the click is over
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export class Menu {
  private readonly button = h(
    "button",
    {
      type: "button",
      class: "menu-button",
      "aria-label": words.label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-controls": "menu",
      onclick: () => (this.list.hidden ? this.open() : this.close(true)),
    },
    icons.more(),
  );
  private readonly fileItem = this.item(words.file, () => void this.file());
  private readonly mailItem = this.item(words.mail, () => this.showForm());
  private readonly list = h(
    "div",
    {
      class: "menu",
      id: "menu",
      role: "menu",
      "aria-label": words.label,
      hidden: true,
      // where a click takes no focus, the menu would lose it and close before the click counts
      onmousedown: (event: Event) => event.preventDefault(),
    },
    this.fileItem,
    this.mailItem,
  );
  readonly element = h("div", { class: "menu-place" }, this.button, this.list);

  private readonly field = h("input", {
    type: "email",
    class: "menu-field",
    autocomplete: "email",
    required: true,
    maxlength: 254,
    "aria-label": words.address,
    "aria-describedby": "menu-said",
    placeholder: words.example,
  });
  private readonly submit = h("button", { type: "submit", class: "small-button" }, words.send);
  private readonly form = h(
    "form",
    {
      class: "menu-form",
      novalidate: true,
      hidden: true,
      onsubmit: (event: Event) => {
        event.preventDefault();
        void this.mail();
      },
    },
    h("p", { class: "menu-hint" }, words.hint),
    h("div", { class: "menu-line" }, this.field, this.submit),
  );
  private readonly words = h("p", { class: "menu-words", id: "menu-said", role: "status" });
  private readonly done = h(
    "button",
    { type: "button", class: "menu-close", "aria-label": words.close, onclick: () => this.closeSheet() },
    icons.close(),
  );
  /** What stands below the header: the address that is asked for, and what came of it. */
  readonly sheet = h("div", { class: "menu-sheet", hidden: true }, this.form, this.words, this.done);

  private asked: Promise<void> | null = null;

  constructor(private readonly actions: MenuActions) {
    this.mailItem.hidden = true;
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.close(false);
    });
    this.sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      event.preventDefault();
      this.closeSheet();
    });
  }

  /** Another conversation stands below: nothing of the last one's may stay. */
  forget(): void {
    this.close(false);
    this.sheet.hidden = true;
    this.field.value = "";
    this.words.textContent = "";
  }

  private item(title: string, act: () => void): HTMLButtonElement {
    return h(
      "button",
      {
        type: "button",
        class: "menu-item",
        role: "menuitem",
        tabindex: -1,
        onclick: () => {
          this.close(true);
          act();
        },
      },
      title,
    );
  }

  private items(): HTMLElement[] {
    return [this.fileItem, this.mailItem].filter((each) => !each.hidden);
  }

  private open(): void {
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.items()[0]?.focus();
    this.asked ??= this.ask();
  }

  private async ask(): Promise<void> {
    try {
      this.mailItem.hidden = !(await this.actions.byEmail());
    } catch {
      // asked again when the menu is opened again
      this.asked = null;
    }
  }

  private close(focus: boolean): void {
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (focus) this.button.focus();
  }

  private key(event: KeyboardEvent): void {
    if (this.list.hidden) {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        this.open();
      }
      return;
    }
    if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      this.close(true);
      return;
    }
    const items = this.items();
    const at = items.indexOf(event.target as HTMLElement);
    const steps: Record<string, number> = {
      ArrowDown: (at + 1) % items.length,
      ArrowUp: (at - 1 + items.length) % items.length,
      Home: 0,
      End: items.length - 1,
    };
    const target = items[steps[event.key] ?? -1];
    if (!target) return;
    event.preventDefault();
    target.focus();
  }

  private showForm(): void {
    this.show("", true);
    this.field.focus();
  }

  private closeSheet(): void {
    this.sheet.hidden = true;
    this.button.focus();
  }

  private show(text: string, form: boolean): void {
    this.sheet.hidden = false;
    this.form.hidden = !form;
    this.words.textContent = text;
  }

  private async file(): Promise<void> {
    this.show(words.saving, false);
    try {
      save(await this.actions.file());
      this.show(words.saved, false);
    } catch (error) {
      this.show(said(error), false);
    }
  }

  private async mail(): Promise<void> {
    const email = this.field.value.trim();
    const fits = email !== "" && this.field.checkValidity();
    this.field.setAttribute("aria-invalid", String(!fits));
    if (!fits) {
      this.show(words.invalid, true);
      this.field.focus();
      return;
    }
    this.submit.disabled = true;
    this.show(words.sending, true);
    try {
      await this.actions.mail(email);
      this.show(words.sent(email), false);
      this.field.value = "";
      this.done.focus();
    } catch (error) {
      this.show(said(error), true);
      this.field.focus();
    } finally {
      this.submit.disabled = false;
    }
  }
}

function said(error: unknown): string {
  return (error instanceof ApiError && error.detail) || words.failed;
}

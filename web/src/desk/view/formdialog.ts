/** Dialogs whose answer goes to the service: they stay open, with the reason, until it is done. */

import { h } from "../../shared/dom";
import { strings } from "../strings.ja";
import { showDialog } from "./dialog";
import { button } from "./region";

export interface FormDialog {
  title: string;
  fields: readonly (Node | null | false)[];
  submit: string;
  /** Does it; returns a sentence when it will not do, else null. */
  save: () => Promise<string | null>;
  /** The button is there for something that cannot be undone. */
  danger?: boolean;
  class?: string;
}

export function formDialog(asked: FormDialog): HTMLDialogElement {
  const error = h("p", { class: "error", role: "alert" });
  const submit = h(
    "button",
    { type: "submit", class: asked.danger ? "button danger" : "button primary" },
    asked.submit,
  );
  const form = h(
    "form",
    {
      novalidate: true,
      onsubmit: async (event: Event) => {
        event.preventDefault();
        if (submit.disabled) return;
        submit.disabled = true;
        const wrong = await asked.save();
        submit.disabled = false;
        error.textContent = wrong;
        if (wrong === null) dialog.close();
      },
      // what was wrong is being put right
      oninput: () => {
        error.textContent = "";
      },
      onkeydown: (event: KeyboardEvent) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing)
          form.requestSubmit();
      },
    },
    h("div", { class: "fields" }, ...asked.fields),
    error,
    h(
      "div",
      { class: "dialog-buttons" },
      button(strings.actions.cancel, () => dialog.close()),
      submit,
    ),
  );
  const dialog = showDialog(asked.title, [form]);
  if (asked.class) dialog.classList.add(asked.class);
  return dialog;
}

/** A field under its label, with a hint that belongs to it. */
export function labelled(label: string, control: HTMLElement, hint: string | null = null): HTMLElement {
  if (hint === null) return h("label", { class: "field" }, h("span", {}, label), control);
  const id = `hint-${label}`;
  control.setAttribute("aria-describedby", id);
  return h(
    "div",
    { class: "field" },
    h("label", { class: "field" }, h("span", {}, label), control),
    h("p", { class: "hint", id }, hint),
  );
}

/** Modal dialogs: the browser's own element, so focus stays inside and goes back. */

import { h } from "../../shared/dom";
import { strings } from "../strings.ja";

/** Shows a dialog until it is closed; removed afterwards. */
export function showDialog(title: string, body: readonly (Node | null | false)[]): HTMLDialogElement {
  const dialog = h(
    "dialog",
    { class: "dialog", "aria-label": title },
    h("h2", {}, title),
    ...body.filter((child): child is Node => !!child),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export const dialogOpen = (): boolean => document.querySelector("dialog[open]") !== null;

/** Asks something; `check` returns a sentence when the answer will not do, else null. */
export function askDialog(
  title: string,
  fields: readonly Node[],
  submit: string,
  done: () => string | null,
): HTMLDialogElement {
  const error = h("p", { class: "error", role: "alert" });
  const form = h(
    "form",
    {
      onsubmit: (event: Event) => {
        event.preventDefault();
        const wrong = done();
        error.textContent = wrong;
        if (wrong === null) dialog.close();
      },
      onkeydown: (event: KeyboardEvent) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing)
          form.requestSubmit();
      },
    },
    ...fields,
    error,
    h(
      "div",
      { class: "dialog-buttons" },
      h("button", { type: "button", class: "button", onclick: () => dialog.close() }, strings.actions.cancel),
      h("button", { type: "submit", class: "button primary" }, submit),
    ),
  );
  const dialog = showDialog(title, [form]);
  return dialog;
}

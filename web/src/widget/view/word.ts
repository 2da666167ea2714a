/** The field for a word about what a person has done, inside the message that asks for it. */

import { h } from "../../shared/dom";
import { strings } from "../strings.ja";

const LONGEST = 1000;

export interface WordActions {
  word(text: string, about: number): void;
  /** What was begun, by message, for when its row is drawn anew. */
  readonly begun: Map<number, string>;
}

export function wordView(about: number, actions: WordActions): HTMLElement {
  const { begun } = actions;
  const id = `madoguchi-word-${about}`;
  const field = h("textarea", { id, class: "word-field", rows: 2, maxlength: LONGEST });
  field.value = begun.get(about) ?? "";
  const send = h("button", { type: "submit", class: "small-button", disabled: true }, strings.word.send);
  const check = () => {
    begun.set(about, field.value);
    send.disabled = field.value.trim() === "";
  };
  field.addEventListener("input", check);
  check();
  const form = h("form", { class: "word" }, h("label", { for: id }, strings.word.label), field, send);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (send.disabled) return;
    begun.delete(about);
    actions.word(field.value.trim(), about);
  });
  return form;
}

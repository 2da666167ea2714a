/** The two fields in which a customer proves an order: one form, which moves with the message that asks. */

import { ApiError } from "../../shared/api-error";
import { h } from "../../shared/dom";
import { newKey } from "../../shared/key";
import { strings } from "../strings.ja";

const words = strings.identity;

/** Sends what was written, once per key; what comes of it is a message. */
export type SendIdentity = (number: string, contact: string, key: string) => Promise<void>;

const field = (name: string, example: string, autocomplete: string): HTMLInputElement =>
  h("input", {
    id: `madoguchi-identity-${name}`,
    class: "identity-field",
    type: "text",
    autocapitalize: "off",
    autocomplete,
    spellcheck: "false",
    placeholder: example,
    maxlength: name === "number" ? "80" : "254",
    "aria-describedby": "madoguchi-identity-error",
  });

export class IdentityForm {
  private readonly number = field("number", words.numberExample, "off");
  private readonly contact = field("contact", words.contactExample, "off");
  private readonly error = h("p", {
    id: "madoguchi-identity-error",
    class: "identity-error",
    role: "alert",
  });
  private readonly submit = h("button", { type: "submit", class: "small-button" }, words.send);
  readonly element = h(
    "form",
    {
      class: "identity",
      novalidate: true,
      autocomplete: "off",
      onsubmit: (event: Event) => {
        event.preventDefault();
        void this.go();
      },
    },
    h("label", { for: this.number.id }, words.number),
    this.number,
    h("label", { for: this.contact.id }, words.contact),
    this.contact,
    this.error,
    this.submit,
  );
  /** The key of a try of which nothing is known: the same again is the same try. */
  private lost: { key: string; what: string } | null = null;

  constructor(private readonly send: SendIdentity) {}

  /** Nobody asks any more: nothing of what was written stays. */
  clear(): void {
    if (!this.number.value && !this.contact.value && !this.error.textContent) return;
    this.number.value = "";
    this.contact.value = "";
    this.error.textContent = "";
    this.lost = null;
  }

  private async go(): Promise<void> {
    const [number, contact] = [this.number.value.trim(), this.contact.value.trim()];
    if (this.submit.disabled) return;
    const empty = !number ? this.number : !contact ? this.contact : null;
    if (empty) {
      this.error.textContent = words.empty;
      empty.focus();
      return;
    }
    const what = `${number}\n${contact}`;
    const key = this.lost?.what === what ? this.lost.key : newKey();
    this.busy(true);
    this.error.textContent = "";
    try {
      await this.send(number, contact, key);
      this.lost = null;
      this.contact.value = "";
    } catch (error) {
      const nothing = !(error instanceof ApiError) || error.status === 0;
      this.lost = nothing ? { key, what } : null;
      this.error.textContent = (error instanceof ApiError && error.detail) || words.failed;
    }
    this.busy(false);
  }

  private busy(on: boolean): void {
    this.submit.disabled = on;
    this.submit.textContent = on ? words.sending : words.send;
  }
}

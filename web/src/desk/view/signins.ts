/** The agent's own sign-in: the password, and the second factor on and off. */

import { h } from "../../shared/dom";
import { sentenceOf } from "../api";
import type { Desk } from "../desk";
import { strings } from "../strings.ja";
import { formDialog, labelled } from "./formdialog";
import { button } from "./region";

const words = strings.accountDialog;
const QR = "/desk/api/totp/qr";

const passwordField = (autocomplete: string, autofocus = false): HTMLInputElement =>
  h("input", { type: "password", autocomplete, required: true, autofocus });

const codeField = (autofocus = false): HTMLInputElement =>
  h("input", { inputmode: "numeric", autocomplete: "one-time-code", maxlength: "8", autofocus });

const digits = (field: HTMLInputElement): string => field.value.normalize("NFKC").replace(/\D/g, "");

/** Changing the password ends every sign-in, this one too. */
export function ownPassword(desk: Desk): HTMLElement {
  const ask = (): void => {
    const current = passwordField("current-password", true);
    const next = passwordField("new-password");
    formDialog({
      title: words.passwordChange,
      fields: [
        labelled(words.passwordCurrent, current),
        labelled(words.passwordNew, next),
        h("p", { class: "hint" }, words.passwordHelp),
      ],
      submit: words.passwordChange,
      save: async () => {
        try {
          await desk.api.call("POST", "/password", { current: current.value, new: next.value });
        } catch (error) {
          return sentenceOf(error, strings.actions.failed);
        }
        for (const open of document.querySelectorAll("dialog")) open.close();
        desk.signedOut(words.passwordChanged);
        return null;
      },
    });
  };
  return button(words.passwordChange, ask);
}

export function secondFactor(desk: Desk): HTMLElement {
  const box = h("div", { class: "fields" });
  const show = (): void => {
    const on = desk.store.state.me?.totp ?? false;
    box.replaceChildren(
      ...(on
        ? [h("p", { role: "status" }, words.totpOn), button(words.totpOff, () => askOff(desk, show))]
        : begin(desk, show)),
    );
  };
  show();
  return box;
}

function set(desk: Desk, totp: boolean): void {
  const { me } = desk.store.state;
  if (me) desk.store.set({ me: { ...me, totp } });
}

/** The button that begins, and what follows in its place: the picture, the key, the code. */
function begin(desk: Desk, done: () => void): HTMLElement[] {
  const problem = h("p", { class: "error", role: "alert" });
  const steps = h("div", { class: "fields" });
  const confirm = async (code: HTMLInputElement): Promise<void> => {
    try {
      await desk.api.confirmTotp(digits(code));
      set(desk, true);
      done();
    } catch (error) {
      problem.textContent = sentenceOf(error, words.totpWrong);
    }
  };
  const start = async (): Promise<void> => {
    try {
      const { secret } = await desk.api.beginTotp();
      const code = codeField();
      const picture = h("img", { class: "qr", alt: words.totpQr, width: 200, height: 200 });
      // without the picture the key is there to be typed
      picture.addEventListener("error", () => picture.remove());
      picture.src = `${QR}?${Date.now()}`;
      problem.textContent = "";
      steps.replaceChildren(
        h("p", {}, words.totpSecret),
        picture,
        h("p", { class: "hint" }, words.totpKey),
        h("code", { class: "secret" }, secret),
        labelled(strings.signIn.code, code),
        button(words.totpConfirm, () => void confirm(code), { class: "button primary" }),
      );
      code.focus();
    } catch (error) {
      problem.textContent = sentenceOf(error, words.failed);
    }
  };
  steps.append(button(words.totpBegin, () => void start()));
  return [steps, problem];
}

/** Off again, which takes the password and a code: who finds an open desk has neither. */
function askOff(desk: Desk, done: () => void): void {
  const password = passwordField("current-password", true);
  const code = codeField();
  formDialog({
    title: words.totpOff,
    fields: [labelled(words.passwordCurrent, password), labelled(strings.signIn.code, code)],
    submit: words.totpOff,
    danger: true,
    save: async () => {
      try {
        await desk.api.call("POST", "/totp/off", { password: password.value, code: digits(code) });
      } catch (error) {
        return sentenceOf(error, strings.actions.failed);
      }
      set(desk, false);
      done();
      return null;
    },
  });
}

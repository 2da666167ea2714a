/** The sign-in page: name and password, then the code for those who have one. */

import { h } from "../../shared/dom";
import type { Desk, SignInResult } from "../desk";
import { strings } from "../strings.ja";

function field(label: string, props: Record<string, string | boolean>): [HTMLElement, HTMLInputElement] {
  const input = h("input", { required: true, ...props });
  return [h("label", { class: "field" }, h("span", {}, label), input), input];
}

function sentence(result: SignInResult): string {
  const words = strings.signIn;
  if (typeof result === "object") return result.sentence;
  return { ok: "", code: "", code_wrong: words.codeFailed, failed: words.failed, locked: words.locked }[
    result
  ];
}

export function signInView(desk: Desk): HTMLElement {
  const words = strings.signIn;
  const [loginLabel, login] = field(words.login, {
    name: "login",
    autocomplete: "username",
    autocapitalize: "none",
    spellcheck: "false",
    autofocus: true,
  });
  const [passwordLabel, password] = field(words.password, {
    name: "password",
    type: "password",
    autocomplete: "current-password",
  });
  const [codeLabel, code] = field(words.code, {
    name: "code",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    maxlength: "8",
  });
  const first = h("div", { class: "fields" }, loginLabel, passwordLabel);
  const second = h(
    "div",
    { class: "fields", hidden: true },
    h("p", { class: "hint" }, words.codeHelp),
    codeLabel,
  );
  const error = h("p", { class: "error", role: "alert" });
  const submit = h("button", { type: "submit", class: "button primary" }, words.submit);
  const back = h(
    "button",
    { type: "button", class: "button", hidden: true, onclick: () => step(false) },
    words.back,
  );

  function step(withCode: boolean): void {
    first.hidden = withCode;
    second.hidden = !withCode;
    back.hidden = !withCode;
    code.required = withCode;
    code.value = "";
    if (!withCode) error.textContent = "";
    (withCode ? code : password).focus();
  }
  step(false);

  const form = h(
    "form",
    {
      class: "signin",
      onsubmit: async (event: Event) => {
        event.preventDefault();
        submit.disabled = true;
        const digits = second.hidden ? "" : code.value.normalize("NFKC").replace(/\D/g, "");
        const result = await desk.signIn(login.value.trim(), password.value, digits);
        submit.disabled = false;
        if (result === "ok") return;
        error.textContent = sentence(result);
        if (result === "code" || result === "code_wrong") step(true);
        else if (result === "failed") {
          step(false);
          error.textContent = sentence(result);
          password.select();
        }
      },
    },
    h("h1", {}, words.title),
    desk.store.state.farewell !== null && h("p", { role: "status" }, desk.store.state.farewell),
    first,
    second,
    error,
    h("div", { class: "dialog-buttons" }, back, submit),
  );
  return h("main", { class: "signin-page" }, form);
}

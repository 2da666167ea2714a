/** The agent's own account: how the desk tells of new chats, sign-ins, two-step sign-in. */

import { h } from "../../shared/dom";
import { askForNotifications } from "../alerts";
import type { Desk } from "../desk";
import { strings } from "../strings.ja";
import { momentText } from "../time";
import { showDialog } from "./dialog";
import { button } from "./region";
import { ownPassword, secondFactor } from "./signins";

const words = strings.accountDialog;

function switches(desk: Desk): HTMLElement {
  const { preferences } = desk.store.state;
  const problem = h("p", { class: "hint", role: "status" });
  const toggle = (name: "sound" | "notify" | "keys"): HTMLElement => {
    const box = h("input", { type: "checkbox", checked: preferences[name] });
    box.addEventListener("change", async () => {
      if (name === "notify" && box.checked && !(await askForNotifications())) {
        box.checked = false;
        problem.textContent = words.notifyDenied;
      }
      desk.prefer({ [name]: box.checked });
    });
    return h("label", { class: "check" }, box, h("span", {}, words[name]));
  };
  return h("div", { class: "fields" }, toggle("sound"), toggle("notify"), toggle("keys"), problem);
}

function sessions(desk: Desk): HTMLElement {
  const list = h("ul", { class: "sessions" });
  const load = async (): Promise<void> => {
    try {
      const all = await desk.api.sessions();
      list.replaceChildren(
        ...all.map((each) =>
          h(
            "li",
            {},
            h("span", {}, each.client || words.current),
            h("span", { class: "hint" }, words.seen(momentText(each.seenAt))),
            each.current
              ? h("span", { class: "tag" }, words.current)
              : button(words.end, () => void desk.api.endSession(each.id).then(load, load), {
                  class: "button small",
                }),
          ),
        ),
      );
    } catch {
      list.replaceChildren(h("li", { class: "hint" }, words.failed));
    }
  };
  void load();
  return list;
}

export function showAccount(desk: Desk): void {
  const { me } = desk.store.state;
  const dialog = showDialog(words.title, [
    h("p", { class: "hint" }, `${me?.name ?? ""}（${strings.role(me?.role ?? "")}）`),
    h("h3", {}, words.alerts),
    switches(desk),
    h("h3", {}, words.sessions),
    sessions(desk),
    h("h3", {}, words.totp),
    secondFactor(desk),
    h("h3", {}, words.password),
    ownPassword(desk),
    h(
      "div",
      { class: "dialog-buttons" },
      button(words.close, () => dialog.close()),
    ),
  ]);
}

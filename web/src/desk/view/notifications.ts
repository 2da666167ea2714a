/** The page of what was told by e-mail and webhook: what has not gone out, why, and trying again. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import type { Telling, Told } from "../notifications";
import { may } from "../state";
import { notificationWords as words } from "../strings.notifications.ja";
import { momentText } from "../time";
import { button, draw } from "./region";

const TONES: Record<string, string> = { parked: "bad", waiting: "wait", sending: "wait", sent: "good" };

/** Why it has not gone out; what waits is tried again without anybody's doing. */
function reasonOf({ reason, state }: Told): string {
  const waits = state === "waiting" || state === "sending";
  return reason !== null && waits ? `${reason}${words.byItself}` : (reason ?? "");
}

const receiver = (told: Told): string => told.to ?? words.via(told.via);

function againButton(desk: Desk, told: Told): HTMLElement {
  const made = button(words.again, () => void desk.notifications.again(told.id), {
    class: "button small",
    focus: `again-${told.id}`,
  });
  made.setAttribute("aria-label", words.againFor(words.kind(told.kind), receiver(told)));
  return made;
}

function cardView(desk: Desk, told: Told, sends: boolean): HTMLElement {
  const reason = reasonOf(told);
  return h(
    "li",
    { class: "canned-card" },
    h(
      "div",
      { class: "canned-head" },
      h("span", { class: `state ${TONES[told.state] ?? "info"}` }, words.state(told.state)),
      h("strong", {}, words.kind(told.kind)),
      sends && told.state === "parked" && againButton(desk, told),
    ),
    reason !== "" && h("p", {}, reason),
    h(
      "p",
      { class: "hint" },
      told.to === null ? words.via(told.via) : `${words.via(told.via)} ${told.to}`,
      " ・ ",
      h("time", { datetime: told.createdAt }, momentText(told.createdAt)),
      ` ・ ${words.attempts(told.attempts)}`,
      told.chatId !== null && " ・ ",
      told.chatId !== null && h("a", { href: `#/chat/${encodeURIComponent(told.chatId)}` }, words.chat),
    ),
  );
}

function below(desk: Desk, { list, phase, state }: Telling, sends: boolean): Node {
  if (phase === "failed") return h("p", { class: "error", role: "alert" }, words.loadFailed);
  if (list.length > 0)
    return h("ul", { class: "canned-cards" }, ...list.map((told) => cardView(desk, told, sends)));
  if (phase === "loading") return h("p", { class: "hint" }, words.loading);
  return h("p", { class: "hint" }, state ? words.noneOfThese : words.empty);
}

export function notificationsView(desk: Desk): HTMLElement {
  const { store } = desk;
  const filter = h(
    "select",
    { "aria-label": words.filter, onchange: () => desk.notifications.filter(filter.value) },
    ...words.filters.map(([state, title]) => h("option", { value: state }, title)),
  );
  const said = h("p", { class: "hint", role: "status" });
  const content = h("div", {});
  draw(
    store,
    content,
    (state) => [state.notifications, state.me?.role],
    (state) => {
      const sentence = state.notifications.said ?? "";
      if (said.textContent !== sentence) said.textContent = sentence;
      if (filter.value !== state.notifications.state) filter.value = state.notifications.state;
      return [below(desk, state.notifications, may(state.me, "assign"))];
    },
  );
  return h(
    "main",
    { class: "page", "aria-label": words.title },
    h(
      "div",
      { class: "page-scroller", tabindex: 0, role: "region", "aria-label": words.title },
      h("header", { class: "page-head" }, h("h2", {}, words.title)),
      h("p", { class: "hint" }, words.help),
      h(
        "div",
        { class: "page-filter" },
        filter,
        button(words.refresh, () => void desk.notifications.load(), { class: "button", focus: "refresh" }),
      ),
      said,
      content,
    ),
  );
}

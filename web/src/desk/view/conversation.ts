/** The middle: whose chat it is and what can be done with it, the transcript, the reply box. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { isMine } from "../state";
import { strings } from "../strings.ja";
import { people } from "../strings.people.ja";
import type { ChatSummary } from "../types";
import { actionButtons } from "./actions";
import type { Composer } from "./composer";
import { logView } from "./log";
import { lookersView } from "./lookers";
import { button, draw } from "./region";

const words = strings.chat;

function heading(desk: Desk, summary: ChatSummary): (Node | false)[] {
  const mine = isMine(desk.store.state, summary);
  return [
    h(
      "div",
      { class: "chat-title" },
      h("h2", {}, strings.customer(summary.customer.name)),
      h(
        "p",
        { class: `owner ${mine ? "mine" : summary.owner}` },
        `${strings.channel(summary.channel)} ・ ${mine ? words.mine : words.owner(summary.owner, summary.agent?.name ?? null)}`,
      ),
    ),
    summary.mergedInto !== null &&
      h(
        "p",
        { class: "merged-into" },
        `${people.merge.into} `,
        h("a", { href: `#/chat/${encodeURIComponent(summary.mergedInto)}` }, people.merge.toSurvivor),
      ),
    h(
      "div",
      { class: "actions", role: "group", "aria-label": strings.actions.label },
      ...actionButtons(desk, summary),
    ),
  ];
}

export function conversationView(desk: Desk, composer: Composer, showCustomer: () => void): HTMLElement {
  const { store } = desk;
  const head = h("header", { class: "chat-head" });
  draw(
    store,
    head,
    (state) => [state.open?.id, JSON.stringify(state.open?.chat?.summary ?? null), state.me?.id],
    (state) => {
      const { open } = state;
      if (!open) return [];
      const nav = h(
        "div",
        { class: "chat-nav" },
        h("a", { href: "#/", class: "button small to-list", "data-focus": "list" }, words.backToList),
        button(words.toCustomer, showCustomer, { class: "button small to-customer", focus: "customer" }),
      );
      return [nav, ...(open.chat ? heading(desk, open.chat.summary) : [])];
    },
  );
  const notice = h("p", { class: "notice", role: "alert" });
  draw(
    store,
    notice,
    (state) => [state.open?.notice],
    (state) => [state.open?.notice ? document.createTextNode(state.open.notice) : null],
  );
  const empty = h("div", { class: "empty" });
  draw(
    store,
    empty,
    (state) => [state.open?.id, state.open?.phase],
    ({ open }) => {
      if (!open) return [h("p", {}, words.none), h("p", { class: "hint" }, words.noneKeys)];
      if (open.phase === "gone") return [h("p", {}, words.gone)];
      if (open.phase === "loading") return [h("p", {}, words.loading)];
      if (open.phase !== "failed") return [];
      return [
        h("p", { class: "error" }, words.failed),
        button(words.again, () => void desk.chats.open(open.id)),
      ];
    },
  );
  return h(
    "section",
    { class: "middle", id: "conversation", tabindex: -1, "aria-label": words.label },
    head,
    lookersView(desk),
    notice,
    empty,
    logView(desk, (text) => composer.insert(text)),
    composer.element,
  );
}

/** The bar at the top: pages, presence, help, account. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { may, type PageName } from "../state";
import { strings } from "../strings.ja";
import type { Agent, Presence } from "../types";
import { showAccount } from "./account";
import { showHelp } from "./help";
import { colleaguesView } from "./presence";
import { button, draw } from "./region";

/** The pages that a role may open. */
function pagesOf(me: Agent | null): PageName[] {
  return [
    "chats",
    "inquiries",
    "canned",
    ...(may(me, "read_agents") ? (["agents"] as const) : []),
    ...(may(me, "read_all") ? (["notifications"] as const) : []),
  ];
}

export function topbar(desk: Desk): HTMLElement {
  const { store } = desk;
  const pages = h("nav", { "aria-label": strings.nav });
  draw(
    store,
    pages,
    (state) => [state.page, state.me?.role],
    (state) =>
      pagesOf(state.me).map((page) =>
        h(
          "a",
          {
            href: page === "chats" ? "#/" : `#/${page}`,
            "aria-current": state.page === page ? "page" : null,
          },
          strings.pages[page],
        ),
      ),
  );
  const presence = h("div", { class: "presence", role: "group", "aria-label": strings.presenceLabel });
  draw(
    store,
    presence,
    (state) => [state.me?.presence],
    (state) =>
      (["online", "away"] as const).map((each: Presence) =>
        h(
          "button",
          {
            type: "button",
            class: `presence-${each}`,
            "data-focus": each,
            "aria-pressed": String(state.me?.presence === each),
            onclick: () => void desk.presence(each),
          },
          strings.presence[each],
        ),
      ),
  );
  const who = h("div", { class: "who" });
  draw(
    store,
    who,
    (state) => [state.me?.name],
    (state) => [
      button("?", () => showHelp(), { class: "icon-button", focus: "help", key: "?" }),
      button(state.me?.name ?? "", () => showAccount(desk), { class: "button quiet", focus: "account" }),
      button(strings.signOut, () => void desk.signOut(), { class: "button quiet", focus: "out" }),
    ],
  );
  const network = h("p", { class: "network", role: "status" });
  draw(
    store,
    network,
    (state) => [state.network],
    (state) => [state.network === "reconnecting" && document.createTextNode(strings.reconnecting)],
  );
  return h(
    "header",
    { class: "topbar" },
    h("h1", { class: "brand" }, strings.title),
    pages,
    h("div", { class: "space" }),
    network,
    colleaguesView(desk),
    presence,
    who,
  );
}

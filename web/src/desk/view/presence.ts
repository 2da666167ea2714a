/** Who is there: a mark with its word, and the list of colleagues behind the button in the top bar. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { byPresence, isFull } from "../people";
import type { State } from "../state";
import { strings } from "../strings.ja";
import { people } from "../strings.people.ja";
import type { Agent, Presence } from "../types";
import { draw } from "./region";

const words = people.popover;
const ID = "colleagues";

/** The state in colour and in a word, never in colour alone. */
export const presenceMark = (presence: Presence): HTMLElement =>
  h("span", { class: `presence-mark ${presence}` }, strings.presence[presence]);

function colleague(agent: Agent, me: string | null): HTMLElement {
  const full = isFull(agent);
  return h(
    "li",
    {},
    h(
      "span",
      { class: "colleague-name" },
      agent.name,
      agent.id === me && h("span", { class: "tag" }, words.me),
      h("span", { class: "hint" }, strings.role(agent.role)),
    ),
    presenceMark(agent.presence),
    h(
      "span",
      { class: full ? "load full" : "load" },
      [people.load(agent.chats, agent.capacity), full && agent.presence === "online" ? words.full : ""]
        .filter(Boolean)
        .join(" "),
    ),
  );
}

/** Auditors look and are not there for customers. */
const atDesk = (state: State): Agent[] => byPresence(state.agents.filter((each) => each.role !== "auditor"));

export function colleaguesView(desk: Desk): HTMLElement {
  const { store } = desk;
  const button = h("button", { type: "button", class: "button quiet", popovertarget: ID });
  const panel = h("div", {
    id: ID,
    popover: "auto",
    class: "popover",
    role: "dialog",
    "aria-label": words.title,
  });
  draw(
    store,
    button,
    (state) => [state.agents],
    (state) => [
      document.createTextNode(
        words.button(atDesk(state).filter((each) => each.presence === "online").length),
      ),
    ],
  );
  draw(
    store,
    panel,
    (state) => [state.agents, state.me?.id],
    (state) => [
      h("h2", {}, words.title),
      h("ul", { class: "colleagues" }, ...atDesk(state).map((each) => colleague(each, state.me?.id ?? null))),
    ],
  );
  panel.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState === "open") void desk.loadAgents();
  });
  return h("div", { class: "colleagues-menu" }, button, panel);
}

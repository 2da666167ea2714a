/** Giving a chat to a colleague: who is there, with how many chats, found by name. */

import { h } from "../../shared/dom";
import { DeskError, sentenceOf } from "../api";
import type { Desk } from "../desk";
import { isFull, named, receivers } from "../people";
import { strings } from "../strings.ja";
import { people } from "../strings.people.ja";
import type { Agent, ChatSummary } from "../types";
import { formDialog, labelled } from "./formdialog";
import { presenceMark } from "./presence";

const words = people.choose;

function choice(agent: Agent, checked: boolean): HTMLElement {
  const full = isFull(agent);
  return h(
    "label",
    { class: "check colleague" },
    h("input", { type: "radio", name: "to", value: agent.id, checked }),
    h("span", { class: "colleague-name" }, agent.name),
    presenceMark(agent.presence),
    h("span", { class: full ? "load full" : "load" }, people.load(agent.chats, agent.capacity)),
    full && h("span", { class: "hint" }, words.full),
  );
}

/** Asks to whom a chat goes: the agent's own one by transfer, another's or the queue's by assigning. */
export function askColleague(desk: Desk, summary: ChatSummary, how: "transfer" | "assign"): void {
  const except = how === "transfer" ? (desk.store.state.me?.id ?? null) : (summary.agent?.id ?? null);
  const all = (): Agent[] => receivers(desk.store.state.agents, except);
  const found = h("fieldset", { class: "colleagues" });
  const search = h("input", { type: "search", autofocus: true, autocomplete: "off" });
  let picked: string | null = null;
  const show = (): void => {
    const able = all();
    const matching = named(able, search.value);
    if (!matching.some((each) => each.id === picked)) picked = matching[0]?.id ?? null;
    found.replaceChildren(
      h("legend", {}, words[how]),
      ...matching.map((each) => choice(each, each.id === picked)),
    );
    if (matching.length === 0)
      found.append(h("p", { class: "hint" }, able.length === 0 ? words.none : words.noMatch));
  };
  search.addEventListener("input", show);
  found.addEventListener("change", (event) => {
    picked = (event.target as HTMLInputElement).value;
  });
  show();
  const dialog = formDialog({
    title: strings.actions[how],
    fields: [labelled(words.search, search), found, h("p", { class: "hint" }, words.help)],
    submit: strings.actions[how],
    save: async () => {
      if (picked === null) return all().length === 0 ? words.none : words.pick;
      return give(desk, summary.id, how, picked);
    },
  });
  // who is there may have changed since the page was opened
  void desk.loadAgents().then(() => dialog.isConnected && show());
}

async function give(desk: Desk, id: string, how: string, to: string): Promise<string | null> {
  desk.chats.onOwn(id);
  try {
    const { summary, over } = await desk.api.act(id, how, { agent_id: to });
    if (over) desk.store.setOpen(id, { notice: words.over });
    if (summary) desk.chats.changed(summary);
    return null;
  } catch (error) {
    if (error instanceof DeskError && error.status === 409) {
      desk.chats.refused(id, error);
      return null;
    }
    return sentenceOf(error, strings.actions.failed);
  }
}

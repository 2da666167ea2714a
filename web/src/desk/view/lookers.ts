/** Above a chat: which colleagues have it open too, so that two do not both answer. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { lookersOf } from "../looking";
import type { State } from "../state";
import { strings } from "../strings.ja";
import { draw } from "./region";

function sentence(state: State): string {
  // of a chat that is out of sight nothing is told
  if (state.open?.phase !== "ready") return "";
  const seen = lookersOf(state.lookers, state.agents, state.open.id, Date.now());
  const namesOf = (writes: boolean): string[] =>
    seen.filter((each) => each.writes === writes).map((each) => each.name);
  const [writing, looking] = [namesOf(true), namesOf(false)];
  return [
    writing.length > 0 && strings.chat.writes(writing),
    looking.length > 0 && strings.chat.looks(looking),
  ]
    .filter(Boolean)
    .join(" ・ ");
}

/** A line that is empty, and out of sight, while the agent is alone with the chat. */
export function lookersView(desk: Desk): HTMLElement {
  const line = h("p", { class: "lookers", role: "status" });
  draw(
    desk.store,
    line,
    (state) => [sentence(state)],
    (state) => {
      const text = sentence(state);
      return [text !== "" && document.createTextNode(text)];
    },
  );
  return line;
}

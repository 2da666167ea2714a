/** What an agent does with a chat, and the questions that come before it. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { isMine, may, mayAct } from "../state";
import { strings } from "../strings.ja";
import { fromTokyo, tomorrowMorning } from "../time";
import type { ChatSummary } from "../types";
import { askColleague } from "./assign";
import { askDialog } from "./dialog";
import { askMerge } from "./merge";
import { button } from "./region";
import { askTranscript } from "./transcript";

const words = strings.actions;

export type Action =
  | "take"
  | "back"
  | "release"
  | "close"
  | "transfer"
  | "assign"
  | "snooze"
  | "unsnooze"
  | "merge"
  | "transcript"
  | "tags";

/** What may be done with a chat now. */
export function allowed(desk: Desk, summary: ChatSummary): Action[] {
  if (!mayAct(desk.store.state.me)) return [];
  const snoozed = summary.snoozedUntil !== null;
  if (isMine(desk.store.state, summary))
    return [
      "back",
      "close",
      "transfer",
      snoozed ? "unsnooze" : "snooze",
      "release",
      "merge",
      "transcript",
      "tags",
    ];
  const assign: Action[] = may(desk.store.state.me, "assign") ? ["assign"] : [];
  if (summary.owner === "queue") return ["take", ...assign, "tags"];
  if (summary.owner === "bot") return ["take", "tags"];
  return summary.owner === "agent" ? [...assign, "tags"] : ["transcript", "tags"];
}

const ACTION_KEYS: Partial<Record<Action, string>> = {
  take: "t",
  back: "b",
  close: "e",
  transfer: "m",
  snooze: "s",
};

/** Does an action, asking first where something has to be said. Nothing when it is not allowed now. */
export function act(desk: Desk, wanted: Action): void {
  const summary = desk.store.state.open?.chat?.summary;
  if (!summary) return;
  const can = allowed(desk, summary);
  // one key gives a chat to a colleague, whoever has it
  const action = wanted === "transfer" && !can.includes(wanted) ? "assign" : wanted;
  if (!can.includes(action)) return;
  const { id } = summary;
  const asks: Record<Action, () => void> = {
    take: () => void desk.chats.act(id, "take"),
    release: () => void desk.chats.act(id, "release"),
    unsnooze: () => void desk.chats.act(id, "snooze", { until: null }),
    back: () => askBack(desk, id),
    close: () => askClose(desk, id),
    transfer: () => askColleague(desk, summary, "transfer"),
    assign: () => askColleague(desk, summary, "assign"),
    merge: () => askMerge(desk, id),
    snooze: () => askSnooze(desk, id),
    transcript: () => askTranscript(desk, id),
    tags: () => askTags(desk, summary),
  };
  asks[action]();
}

function askBack(desk: Desk, id: string): void {
  const text = strings.backDialog;
  const note = h("textarea", { rows: 3, autofocus: true });
  askDialog(
    words.back,
    [h("label", { class: "field" }, h("span", {}, text.note), note), h("p", { class: "hint" }, text.help)],
    words.back,
    () => {
      const said = note.value.trim();
      void desk.chats.act(id, "give-back", said ? { note: said } : {});
      return null;
    },
  );
}

function choice(name: string, value: string, title: string, checked: boolean): HTMLElement {
  return h(
    "label",
    { class: "check" },
    h("input", { type: "radio", name, value, checked, autofocus: checked }),
    title,
  );
}

const picked = (box: HTMLElement): string | null =>
  box.querySelector<HTMLInputElement>("input:checked")?.value ?? null;

function askClose(desk: Desk, id: string): void {
  const text = strings.closeDialog;
  const box = h(
    "fieldset",
    {},
    h("legend", {}, text.result),
    ...text.results.map(([value, title], i) => choice("result", value, title, i === 0)),
  );
  askDialog(words.close, [box], words.close, () => {
    void desk.chats.act(id, "close", { result: picked(box) ?? "solved" });
    return null;
  });
}

function askSnooze(desk: Desk, id: string): void {
  const text = strings.snoozeDialog;
  const until = h("input", {
    type: "datetime-local",
    required: true,
    value: tomorrowMorning(Date.now()),
    autofocus: true,
  });
  askDialog(
    words.snooze,
    [h("label", { class: "field" }, h("span", {}, text.until), until), h("p", { class: "hint" }, text.help)],
    words.snooze,
    () => {
      const moment = fromTokyo(until.value.slice(0, 16));
      if (!moment || Date.parse(moment) <= Date.now()) return text.wrong;
      void desk.chats.act(id, "snooze", { until: moment });
      return null;
    },
  );
}

function askTags(desk: Desk, summary: ChatSummary): void {
  const text = strings.tagsDialog;
  const tags = h("input", { value: summary.tags.join(" "), maxlength: "200", autofocus: true });
  askDialog(
    words.tags,
    [h("label", { class: "field" }, h("span", {}, text.tags), tags), h("p", { class: "hint" }, text.help)],
    words.tags,
    () => {
      const all = new Set(tags.value.split(/[\s　,、]+/).filter(Boolean));
      void desk.chats.tags(summary.id, [...all]);
      return null;
    },
  );
}

/** The button goes with what it did; whoever pressed it wants to answer next. */
async function takeAndAnswer(desk: Desk, id: string): Promise<void> {
  const done = await desk.chats.act(id, "take");
  if (done && desk.store.state.open?.id === id) desk.onTaken();
}

export function actionButtons(desk: Desk, summary: ChatSummary): HTMLElement[] {
  return allowed(desk, summary).map((action) =>
    button(
      words[action],
      () => (action === "take" ? void takeAndAnswer(desk, summary.id) : act(desk, action)),
      {
        class: action === "take" ? "button primary" : "button",
        focus: action,
        ...(ACTION_KEYS[action] && { key: ACTION_KEYS[action] }),
      },
    ),
  );
}

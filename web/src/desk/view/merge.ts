/** Merging two chats of one customer: finding the other, seeing both, knowing what happens, taking it back. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { may } from "../state";
import { strings } from "../strings.ja";
import { people } from "../strings.people.ja";
import { momentText } from "../time";
import type { Chat, ChatSummary, MergedChat } from "../types";
import { formDialog, labelled } from "./formdialog";
import { type RowActions, rowView } from "./message";
import { button } from "./region";

const words = people.merge;
const SHOWN = 3;
const LONGEST = 60;

function inShort(chat: Chat, title: string): HTMLElement {
  const { summary } = chat;
  const last = chat.messages.filter((each) => each.text !== "").slice(-SHOWN);
  return h(
    "section",
    { class: "short", "aria-label": title },
    h("h3", {}, title),
    h("p", { class: "short-name" }, strings.customer(summary.customer.name)),
    h(
      "p",
      { class: "hint" },
      [strings.channel(summary.channel), strings.level(summary.customer.verified)].join(" ・ "),
    ),
    summary.customer.memberId !== null &&
      h("p", { class: "hint" }, strings.packet.member(summary.customer.memberId)),
    summary.goal !== null && h("p", {}, summary.goal),
    last.length === 0 && h("p", { class: "hint" }, words.nothing),
    h(
      "ol",
      {},
      ...last.map((each) =>
        h(
          "li",
          {},
          words.said(strings.speaker(each.from, each.agent?.name ?? null), each.text.slice(0, LONGEST)),
        ),
      ),
    ),
  );
}

function choice(summary: ChatSummary): HTMLElement {
  const name = strings.customer(summary.customer.name);
  const subject = (summary.goal || summary.last?.text || "").slice(0, 60);
  return h(
    "label",
    { class: "check found-chat" },
    h("input", { type: "radio", name: "other", value: summary.id }),
    h(
      "span",
      {},
      `${name} ・ ${strings.channel(summary.channel)}`,
      h("span", { class: "hint" }, [momentText(summary.last?.at ?? ""), subject].filter(Boolean).join(" ")),
    ),
  );
}

/** Chats that can be merged into one: not itself, not one that somebody else has. */
function mergeable(desk: Desk, id: string, chats: readonly ChatSummary[]): ChatSummary[] {
  const me = desk.store.state.me?.id;
  return chats.filter(
    (each) => each.id !== id && each.mergedInto === null && (each.owner !== "agent" || each.agent?.id === me),
  );
}

export function askMerge(desk: Desk, id: string): void {
  const own = desk.store.state.open?.chat;
  if (!own || own.summary.id !== id) return;
  const field = h("input", {
    type: "search",
    autocomplete: "off",
    autofocus: true,
    maxlength: "100",
    value: own.summary.customer.name ?? "",
  });
  const said = h("p", { class: "hint", role: "status" });
  const found = h("fieldset", { class: "found-chats", hidden: true }, h("legend", {}, words.pick));
  const both = h("div", { class: "both", hidden: true });
  let picked: string | null = null;

  const search = async (): Promise<void> => {
    if (!field.value.trim()) return;
    picked = null;
    both.hidden = true;
    try {
      const page = await desk.api.search(field.value.trim());
      const chats = mergeable(desk, id, page.chats);
      found.replaceChildren(h("legend", {}, words.pick), ...chats.map(choice));
      found.hidden = chats.length === 0;
      said.textContent = chats.length === 0 ? words.none : "";
    } catch {
      said.textContent = words.failed;
    }
  };
  found.addEventListener("change", async (event) => {
    const wanted = (event.target as HTMLInputElement).value;
    picked = wanted;
    try {
      const other = await desk.api.chat(wanted);
      if (picked !== wanted) return;
      both.replaceChildren(
        inShort(own, words.kept),
        inShort(other, words.other),
        h("p", { class: "what" }, words.what),
        h("p", { class: "what strong" }, words.sure),
      );
      both.hidden = false;
    } catch {
      said.textContent = words.failed;
    }
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    void search();
  });
  formDialog({
    title: words.title,
    class: "wide",
    fields: [
      h(
        "div",
        { class: "find" },
        labelled(words.find, field, words.findHelp),
        button(words.search, () => void search()),
      ),
      said,
      found,
      both,
    ],
    submit: words.submit,
    save: async () => {
      if (picked === null || both.hidden) return words.pick;
      const wrong = await desk.chats.merge(id, picked);
      if (wrong === null) desk.store.setOpen(id, { notice: words.done });
      return wrong;
    },
  });
  if (field.value) void search();
}

async function undo(desk: Desk, id: string, other: string): Promise<void> {
  const wrong = await desk.chats.unmerge(id, other);
  desk.store.setOpen(id, { notice: wrong ?? words.undone });
}

/** What was said in a chat that was merged, folded, above the chat's own transcript. */
export function mergedView(desk: Desk, id: string, merged: MergedChat, actions: RowActions): HTMLElement {
  const rows = merged.messages.map((message, i) =>
    rowView(
      {
        key: `${merged.id}:${message.seq}`,
        type: "message",
        message,
        first: merged.messages[i - 1]?.from !== message.from,
        name: strings.speaker(message.from, message.agent?.name ?? null),
      },
      actions,
    ),
  );
  return h(
    "details",
    { class: "merged" },
    h("summary", {}, words.history(strings.channel(merged.channel), merged.messages.length)),
    may(desk.store.state.me, "assign") &&
      button(words.undo, () => void undo(desk, id, merged.id), { class: "button small" }),
    h("ol", { class: "log" }, ...rows),
  );
}

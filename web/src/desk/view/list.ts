/** The left column: search, the lists' tabs, the rows. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { pieces } from "../highlight";
import { type ListName, listsOf, type State } from "../state";
import { strings } from "../strings.ja";
import { momentText, secondsSince, urgency, waitingText } from "../time";
import type { ChatSummary } from "../types";
import { button, draw, KeyedList } from "./region";

const words = strings.lists;

/** A text with the searched words marked; text nodes only. */
function marked(text: string, wanted: string): Node[] {
  return pieces(text, wanted).map((piece) =>
    piece.found ? h("mark", {}, piece.text) : document.createTextNode(piece.text),
  );
}
const NEAR_END = 400;
/** So many rows of a long list are drawn at first, and as many more each time its end comes near: few at once. */
const DRAWN = 50;

/** How long a customer has waited, when someone should care. */
function waiting(chat: ChatSummary, now: number): number | null {
  return chat.owner === "queue" || chat.owner === "agent" ? secondsSince(chat.waitingSince, now) : null;
}

function rowView(chat: ChatSummary, now: number, current: boolean, searched: string): HTMLElement {
  const seconds = waiting(chat, now);
  const subject = chat.goal || chat.last?.text || "";
  const marks = [
    chat.site && h("span", { class: "tag" }, strings.site(chat.site)),
    chat.reason && h("span", { class: "reason" }, strings.reason(chat.reason)),
    chat.owner === "agent" && chat.agent && h("span", { class: "holder" }, chat.agent.name),
    chat.snoozedUntil &&
      h("span", { class: "until" }, strings.row.until(momentText(chat.snoozedUntil, new Date(now)))),
    ...chat.tags.map((tag) => h("span", { class: "tag" }, tag)),
    chat.deliveryFailed && h("span", { class: "mark bad" }, strings.row.deliveryFailed),
    chat.rating &&
      chat.owner === "closed" &&
      h("span", { class: "tag" }, strings.rating.short(chat.rating.score)),
  ].filter((mark): mark is HTMLElement => !!mark);
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: "chat-row",
        href: `#/chat/${encodeURIComponent(chat.id)}`,
        "aria-current": current ? "true" : null,
      },
      h(
        "span",
        { class: "row-head" },
        seconds !== null &&
          h(
            "span",
            { class: `waiting ${urgency(seconds)}` },
            h("span", { class: "vh" }, strings.lists.names.queue),
            waitingText(seconds),
          ),
        h("span", { class: "row-name" }, ...marked(strings.customer(chat.customer.name), searched)),
        h("span", { class: "row-channel" }, strings.channel(chat.channel)),
        chat.unread > 0 &&
          h(
            "span",
            { class: "unread" },
            h("span", { "aria-hidden": "true" }, String(chat.unread)),
            h("span", { class: "vh" }, strings.row.unread(chat.unread)),
          ),
      ),
      subject && h("span", { class: "row-text" }, ...marked(subject.slice(0, 160), searched)),
      searched !== "" &&
        chat.snippet !== null &&
        chat.snippet !== subject &&
        h(
          "span",
          { class: "row-text snippet" },
          chat.inNote
            ? h("span", { class: "tag" }, strings.composer.noteLabel)
            : h("span", { class: "vh" }, words.found),
          ...marked(chat.snippet.slice(0, 200), searched),
        ),
      marks.length > 0 && h("span", { class: "row-marks" }, ...marks),
    ),
  );
}

const described = new WeakMap<ChatSummary, string>();

/** What a row shows; summaries never change, so each is written down once. */
function signature(chat: ChatSummary, now: number, current: boolean, searched: string): string {
  const seconds = waiting(chat, now);
  const wait = seconds === null ? "" : waitingText(seconds);
  const known = described.get(chat) ?? JSON.stringify(chat);
  described.set(chat, known);
  return `${wait}|${current}|${searched}|${known}`;
}

/** Only the chats with one tag: offered as soon as any chat has one. */
function tagFilter(desk: Desk): HTMLElement {
  const bar = h("div", { class: "tag-filter" });
  const tagsOf = ({ lists, tag }: State): string[] => {
    const all = Object.values(lists).flatMap((list) => list.chats.flatMap((chat) => chat.tags));
    return [...new Set(tag === null ? all : [...all, tag])].sort((a, b) => a.localeCompare(b, "ja"));
  };
  draw(
    desk.store,
    bar,
    (state) => [state.tag, state.list === "search", JSON.stringify(tagsOf(state))],
    (state) => {
      const tags = tagsOf(state);
      if (tags.length === 0 || state.list === "search") return [];
      const select = h(
        "select",
        { "aria-label": words.tag, "data-focus": "tag" },
        h("option", { value: "" }, words.anyTag),
        ...tags.map((tag) => h("option", { value: tag, selected: tag === state.tag }, tag)),
      );
      select.addEventListener("change", () => desk.chats.filter(select.value || null));
      return [select];
    },
  );
  return bar;
}

function tabs(desk: Desk): HTMLElement {
  const bar = h("div", { class: "tabs", role: "group", "aria-label": words.label });
  draw(
    desk.store,
    bar,
    (state) => [state.list, state.lists.queue, state.lists.mine, state.words, state.me?.readsAll],
    (state) => {
      const lists = listsOf(state.me);
      const names: ListName[] = state.list === "search" ? [...lists, "search"] : [...lists];
      return names.map((name) => tab(desk, state, name));
    },
  );
  return bar;
}

function tab(desk: Desk, state: State, name: ListName): HTMLElement {
  const list = state.lists[name];
  const counted = (name === "queue" || name === "mine") && list.loaded;
  const unread = name === "mine" && list.chats.some((chat) => chat.unread > 0);
  return h(
    "button",
    {
      type: "button",
      "data-focus": name,
      "aria-pressed": String(state.list === name),
      onclick: () => desk.chats.show(name),
    },
    words.names[name],
    counted &&
      h(
        "span",
        { class: unread ? "count new" : "count" },
        words.count(list.chats.length, list.next !== null),
      ),
  );
}

function search(desk: Desk): HTMLElement {
  const input = h("input", {
    type: "search",
    id: "search",
    placeholder: words.search,
    "aria-label": words.search,
    "aria-keyshortcuts": "/",
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      input.value = "";
      void desk.chats.search("");
      input.blur();
    },
    onsearch: () => {
      if (!input.value) void desk.chats.search("");
    },
  });
  return h(
    "form",
    {
      class: "search",
      role: "search",
      onsubmit: (event: Event) => {
        event.preventDefault();
        void desk.chats.search(input.value);
      },
    },
    input,
  );
}

export function listView(desk: Desk): HTMLElement {
  const { store } = desk;
  const list = h("ul", { class: "rows" });
  const foot = h("div", { class: "list-foot" });
  const scroller = h("div", {
    class: "scroller",
    onscroll: () => {
      const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      if (left < NEAR_END && !store.state.lists[store.state.list].failed) void further();
    },
  });
  const onwards = button(words.more, () => void further(), { focus: "more" });
  scroller.append(list, onwards, foot);
  const keyed = new KeyedList(list);
  let most = DRAWN;
  let shownList: ListName | null = null;
  let shownCursor: string | null = null;
  let drawn: readonly unknown[] = [];
  /** Draws more of the list; what is not loaded yet is fetched first. */
  const further = async (): Promise<void> => {
    const name = store.state.list;
    if (most >= store.state.lists[name].chats.length) await desk.chats.more(name);
    if (name !== shownList || most >= store.state.lists[name].chats.length) return;
    most += DRAWN;
    look();
  };
  const look = (): void => {
    const { lists, list: name, open, now, cursor, words: wanted } = store.state;
    const searched = name === "search" ? wanted : "";
    if (name !== shownList) most = DRAWN;
    if (cursor) most = Math.max(most, lists[name].chats.findIndex((chat) => chat.id === cursor) + 1);
    onwards.hidden = lists[name].failed || (lists[name].next === null && most >= lists[name].chats.length);
    const shown = [lists[name].chats, searched, open?.id, now, cursor, most];
    if (shown.every((value, i) => value === drawn[i]) && drawn.length > 0) return;
    drawn = shown;
    keyed.show(
      lists[name].chats.slice(0, most).map((chat) => {
        const current = open?.id === chat.id;
        return {
          key: chat.id,
          signature: signature(chat, now, current, searched),
          make: () => rowView(chat, now, current, searched),
        };
      }),
    );
    if (name !== shownList) scroller.scrollTop = 0;
    shownList = name;
    if (cursor !== shownCursor && cursor && cursor !== open?.id) {
      keyed.get(cursor)?.querySelector("a")?.focus();
      keyed.get(cursor)?.scrollIntoView({ block: "nearest" });
    }
    shownCursor = cursor;
  };
  store.subscribe(look);
  draw(
    store,
    foot,
    (state) => [state.list, state.lists[state.list]],
    (state) => {
      const { chats, loading, loaded, failed } = state.lists[state.list];
      return [
        failed && h("p", { class: "error" }, words.failed),
        failed && button(words.again, () => void desk.chats.load(state.list)),
        !failed && loading && !loaded && h("p", { class: "hint" }, words.loading),
        loaded && chats.length === 0 && h("p", { class: "hint" }, words.empty[state.list]),
      ];
    },
  );
  return h(
    "section",
    { class: "left", "aria-label": words.label },
    search(desk),
    tabs(desk),
    tagFilter(desk),
    scroller,
  );
}

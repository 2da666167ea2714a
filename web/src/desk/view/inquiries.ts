/** The inquiries' page: list with due times, one inquiry with its history, its state and the reply. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { drafts } from "../drafts";
import { nextPlace } from "../placeholders";
import { mayAct } from "../state";
import { strings } from "../strings.ja";
import { momentText } from "../time";
import type { Inquiry } from "../types";
import { draw } from "./region";
import { textNodes } from "./text";

const words = strings.inquiries;
const STATES = Object.keys(words.states);

function due(inquiry: Inquiry, now: number): HTMLElement | null {
  if (!inquiry.dueAt || inquiry.state === "answered" || inquiry.state === "closed") return null;
  const late = Date.parse(inquiry.dueAt) < now;
  const at = momentText(inquiry.dueAt, new Date(now));
  return h("span", { class: late ? "due late" : "due" }, late ? words.overdue(at) : words.due(at));
}

function rowView(inquiry: Inquiry, current: boolean, now: number): HTMLElement {
  return h(
    "li",
    {},
    h(
      "a",
      {
        class: "chat-row",
        href: `#/inquiries/${encodeURIComponent(inquiry.number)}`,
        "data-focus": inquiry.number,
        "aria-current": current ? "true" : null,
      },
      h(
        "span",
        { class: "row-head" },
        h("span", { class: "row-name" }, inquiry.topic || inquiry.number),
        h("span", { class: "row-channel" }, strings.inquiries.state(inquiry.state)),
      ),
      h("span", { class: "row-text" }, inquiry.text.slice(0, 120)),
      h("span", { class: "row-marks" }, due(inquiry, now), h("span", { class: "hint" }, inquiry.number)),
    ),
  );
}

function replyForm(desk: Desk, inquiry: Inquiry): HTMLElement {
  const { number } = inquiry;
  const field = h("textarea", { rows: 5, class: "reply", "aria-label": words.reply, "data-focus": "reply" });
  field.value = drafts.get("inquiry", number);
  const said = h("p", { class: "hint", role: "status" });
  const send = h("button", { type: "submit", class: "button primary" }, words.send);
  field.addEventListener("input", () => drafts.set("inquiry", number, field.value));
  return h(
    "form",
    {
      class: "inquiry-reply",
      onsubmit: async (event: Event) => {
        event.preventDefault();
        const text = field.value.trim();
        if (!text) return;
        const place = nextPlace(field.value);
        if (place) {
          said.textContent = strings.composer.place(place.name);
          field.focus();
          field.setSelectionRange(place.start, place.end);
          return;
        }
        send.disabled = true;
        // cleared first: a success draws this form anew
        drafts.set("inquiry", number, "");
        const done = await desk.inquiries.reply(number, text);
        if (!done) drafts.set("inquiry", number, text);
        else field.value = "";
        send.disabled = false;
        said.textContent = done ? words.sent : words.failed;
      },
    },
    field,
    h("div", { class: "composer-foot" }, h("p", { class: "to" }, words.to), send),
    said,
  );
}

function detail(desk: Desk, inquiry: Inquiry, now: number): Node[] {
  const state = h("select", { "aria-label": words.filter, "data-focus": "state" });
  const known = STATES.includes(inquiry.state) ? STATES : [inquiry.state, ...STATES];
  for (const each of known)
    state.append(h("option", { value: each, selected: each === inquiry.state }, words.state(each)));
  state.addEventListener("change", async () => {
    if (!(await desk.inquiries.setState(inquiry.number, state.value))) state.value = inquiry.state;
  });
  const may = mayAct(desk.store.state.me);
  state.disabled = !may;
  return [
    h(
      "header",
      { class: "chat-head" },
      h("div", { class: "chat-title" }, h("h2", {}, inquiry.topic || inquiry.number), due(inquiry, now)),
      state,
    ),
    h(
      "dl",
      { class: "facts" },
      h("div", {}, h("dt", {}, words.number), h("dd", {}, inquiry.number)),
      h("div", {}, h("dt", {}, words.contact), h("dd", {}, ...textNodes(inquiry.contact))),
    ),
    h("div", { class: "bubble inquiry-text" }, ...textNodes(inquiry.text)),
    h("h3", {}, words.history),
    h(
      "ol",
      { class: "tried" },
      ...inquiry.history.map((each) =>
        h(
          "li",
          {},
          h("span", {}, ...textNodes(words.state(each.text))),
          h(
            "span",
            { class: "hint" },
            [each.by, momentText(each.at, new Date(now))].filter(Boolean).join(" ・ "),
          ),
        ),
      ),
    ),
    ...(may ? [h("h3", {}, words.reply), replyForm(desk, inquiry)] : []),
  ];
}

function filters(desk: Desk): HTMLElement {
  const search = h("input", { type: "search", placeholder: words.search, "aria-label": words.search });
  const state = h(
    "select",
    { "aria-label": words.filter },
    h("option", { value: "" }, words.all),
    ...STATES.map((each) => h("option", { value: each }, words.state(each))),
  );
  const apply = (): void => desk.inquiries.filter(state.value, search.value.trim());
  state.addEventListener("change", apply);
  return h(
    "form",
    {
      class: "search",
      role: "search",
      onsubmit: (event: Event) => {
        event.preventDefault();
        apply();
      },
    },
    search,
    state,
  );
}

export function inquiriesView(desk: Desk): HTMLElement {
  const { store } = desk;
  const list = h("ul", { class: "rows" });
  const minute = (now: number): number => Math.floor(now / 60_000);
  draw(
    store,
    list,
    (state) => [state.inquiries.list, state.inquiries.number, state.inquiries.failed, minute(state.now)],
    ({ inquiries, now }) => [
      inquiries.failed && h("li", { class: "error" }, strings.lists.failed),
      !inquiries.failed &&
        !inquiries.loading &&
        inquiries.list.length === 0 &&
        h("li", { class: "hint" }, words.empty),
      ...inquiries.list.map((each) => rowView(each, each.number === inquiries.number, now)),
    ],
  );
  const middle = h("section", {
    class: "middle inquiry",
    "aria-label": strings.pages.inquiries,
    tabindex: 0,
  });
  draw(
    store,
    middle,
    (state) => [JSON.stringify(state.inquiries.open), state.inquiries.number],
    ({ inquiries, now }) => {
      if (inquiries.open) return detail(desk, inquiries.open, now);
      return [h("div", { class: "empty" }, h("p", {}, inquiries.number ? strings.chat.loading : words.none))];
    },
  );
  return h(
    "main",
    { class: "columns two" },
    h(
      "section",
      { class: "left", "aria-label": words.label },
      filters(desk),
      h("div", { class: "scroller", tabindex: 0, role: "group", "aria-label": words.label }, list),
    ),
    middle,
  );
}

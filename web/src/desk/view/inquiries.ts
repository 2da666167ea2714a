/** The inquiries' page: list with due times, one inquiry with its history, its state and the reply. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { drafts } from "../drafts";
import { nextPlace } from "../placeholders";
import { mayAct } from "../state";
import { strings } from "../strings.ja";
import { dayText, momentText } from "../time";
import type { Inquiry, InquiryStep, InquiryWay } from "../types";
import { draw } from "./region";
import { textNodes } from "./text";

const words = strings.inquiries;
const STATES = Object.keys(words.states);

function due(inquiry: Inquiry, now: number): HTMLElement | null {
  if (!inquiry.dueAt || inquiry.state === "answered" || inquiry.state === "closed") return null;
  const late = Date.parse(inquiry.dueAt) < now;
  // due at the end of a day
  const at = dayText(inquiry.dueAt, new Date(now));
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
      h(
        "span",
        { class: "row-marks" },
        inquiry.urgent && h("span", { class: "state bad" }, words.urgent),
        due(inquiry, now),
        h("span", { class: "hint" }, inquiry.number),
      ),
    ),
  );
}

function wayTitle(way: InquiryWay): string {
  if (way.via === "phone") return words.ways.phone(way.to);
  return way.via === "email" ? words.ways.email(way.to, way.reaches) : words.ways.chat(way.reaches);
}

/** By which way the answer goes; the first one is what usually fits. */
function waysView(ways: readonly InquiryWay[]): HTMLElement {
  return h(
    "fieldset",
    { class: "ways" },
    h("legend", {}, words.via),
    ...ways.map((way, i) =>
      h(
        "label",
        { class: "check" },
        h("input", {
          type: "radio",
          name: "via",
          value: way.via,
          checked: i === 0,
          disabled: way.via === "email" && !way.reaches,
          "data-focus": `via-${way.via}`,
        }),
        wayTitle(way),
      ),
    ),
  );
}

function replyForm(desk: Desk, inquiry: Inquiry): HTMLElement {
  const { number } = inquiry;
  const ways = waysView(inquiry.ways);
  const via = (): string => ways.querySelector<HTMLInputElement>("input:checked")?.value ?? "";
  const field = h("textarea", { rows: 5, class: "reply", "aria-label": words.reply, "data-focus": "reply" });
  field.value = drafts.get("inquiry", number);
  const said = h("p", { class: "hint", role: "status" });
  const send = h("button", { type: "submit", class: "button primary" });
  const named = (): void => {
    const phone = via() === "phone";
    send.textContent = phone ? words.keep : words.send;
    field.setAttribute("aria-label", phone ? words.note : words.reply);
  };
  named();
  ways.addEventListener("change", named);
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
        const chosen = via();
        const wrong = await desk.inquiries.reply(number, text, chosen);
        if (wrong !== null) drafts.set("inquiry", number, text);
        else field.value = "";
        send.disabled = false;
        said.textContent = wrong ?? (chosen === "phone" ? words.kept : words.sent);
      },
    },
    ways,
    field,
    h("div", { class: "composer-foot" }, said, send),
  );
}

function stepView(step: InquiryStep, now: number): HTMLElement {
  const moved = step.via === "desk" && step.by !== null;
  const what = moved ? words.moved(step.state) : step.via === "desk" ? words.added : words.done(step.via);
  const bad = step.delivery === "parked";
  const head = [what, step.by ?? words.customer, momentText(step.at, new Date(now))].join(" ・ ");
  return h(
    "li",
    {},
    h(
      "span",
      { class: "hint" },
      head,
      " ",
      step.delivery !== null &&
        h("span", { class: bad ? "state bad" : "state info" }, words.delivery(step.delivery)),
    ),
    step.text !== "" && h("span", { class: "step-text" }, ...textNodes(step.text)),
  );
}

const fact = (name: string, ...value: (Node | string)[]): HTMLElement =>
  h("div", {}, h("dt", {}, name), h("dd", {}, ...value));

function facts(inquiry: Inquiry, now: number): HTMLElement {
  const { name, subject, chatId, contact } = inquiry;
  const link = chatId && h("a", { href: `#/chat/${encodeURIComponent(chatId)}` }, words.openChat);
  return h(
    "dl",
    { class: "facts" },
    fact(words.number, inquiry.number),
    fact(words.asked, momentText(inquiry.createdAt, new Date(now))),
    name !== null && fact(words.name, name),
    subject !== null && fact(words.subject, subject),
    contact === "chat" ? fact(words.contact, words.inChat) : fact(words.contact, ...textNodes(contact)),
    link && fact(words.chat, link),
  );
}

function stateView(desk: Desk, inquiry: Inquiry, said: HTMLElement): HTMLElement {
  const state = h("select", { "aria-label": words.filter, "data-focus": "state" });
  const known = STATES.includes(inquiry.state) ? STATES : [inquiry.state, ...STATES];
  for (const each of known)
    state.append(h("option", { value: each, selected: each === inquiry.state }, words.state(each)));
  state.addEventListener("change", async () => {
    const wrong = await desk.inquiries.setState(inquiry.number, state.value);
    if (wrong === null) return;
    state.value = inquiry.state;
    said.textContent = wrong;
  });
  state.disabled = !mayAct(desk.store.state.me);
  return state;
}

function detail(desk: Desk, inquiry: Inquiry, now: number): (Node | null)[] {
  const said = h("p", { class: "error", role: "alert" });
  const title = h("h2", {}, inquiry.topic || inquiry.number);
  const urgent = inquiry.urgent && h("span", { class: "state bad" }, words.urgent);
  const steps = inquiry.history.map((step) => stepView(step, now));
  const answers = mayAct(desk.store.state.me);
  return [
    h(
      "header",
      { class: "chat-head" },
      h("div", { class: "chat-title" }, title, urgent, " ", due(inquiry, now)),
      stateView(desk, inquiry, said),
    ),
    said,
    facts(inquiry, now),
    h("div", { class: "bubble inquiry-text" }, ...textNodes(inquiry.text)),
    h("h3", {}, words.history),
    steps.length > 0
      ? h("ol", { class: "tried steps" }, ...steps)
      : h("p", { class: "hint" }, words.noHistory),
    answers ? h("h3", {}, words.reply) : null,
    answers && inquiry.ways.length > 0 ? replyForm(desk, inquiry) : null,
    answers && inquiry.ways.length === 0 ? h("p", { class: "hint" }, words.noWay) : null,
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

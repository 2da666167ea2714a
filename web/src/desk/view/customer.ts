/** The right column: what is known at a glance, so that the agent never asks again. */

import { h } from "../../shared/dom";
import type { Desk } from "../desk";
import { isMine } from "../state";
import { strings } from "../strings.ja";
import { momentText } from "../time";
import type { ChatSummary, Packet } from "../types";
import { button, draw } from "./region";
import { SkillsPanel } from "./skills";
import { textNodes } from "./text";

const words = strings.packet;

const part = (title: string, ...content: (Node | null | false)[]): HTMLElement =>
  h("section", { class: "part" }, h("h3", {}, title), ...content.filter((each): each is Node => !!each));

/** Has the customer prove an order themselves, where their page can show the fields. */
function askIdentity(desk: Desk, summary: ChatSummary): HTMLElement {
  const web = summary.channel === "web";
  const made = button(words.askIdentity, () => void desk.chats.act(summary.id, "identification"), {
    class: "button small",
    focus: "ask-identity",
    disabled: !web,
  });
  made.setAttribute("aria-describedby", "ask-identity-help");
  const help = web ? words.askIdentityHelp : words.askIdentityNot;
  return h("div", {}, made, h("p", { class: "hint", id: "ask-identity-help" }, help));
}

function identity(packet: Packet, ask: Node | null): HTMLElement {
  const { level, memberId, proven } = packet.identity;
  return part(
    words.identity,
    h("p", {}, h("span", { class: level === "none" ? "state info" : "state good" }, strings.level(level))),
    memberId !== null && h("p", {}, words.member(memberId)),
    proven.length > 0 && h("p", { class: "hint" }, `${words.proven}: ${proven.join("、")}`),
    ask,
  );
}

function tried(packet: Packet): HTMLElement {
  if (packet.tried.length === 0) return part(words.tried, h("p", { class: "hint" }, words.noTried));
  return part(
    words.tried,
    h(
      "ol",
      { class: "tried" },
      ...packet.tried.map((each) =>
        h(
          "li",
          {},
          h("span", {}, each.text.slice(0, 200)),
          each.label && h("span", { class: "hint" }, each.label),
        ),
      ),
    ),
  );
}

/** What an agent does with a suggested answer: as it is, or with changes. */
export interface Suggesting {
  send(text: string): void;
  edit(text: string): void;
}

function suggestions(packet: Packet, use: Suggesting | null): HTMLElement | null {
  if (packet.suggestions.length === 0) return null;
  return part(
    words.suggestions,
    ...packet.suggestions.map((each, i) =>
      h(
        "details",
        { class: "suggestion", open: i === 0 },
        h("summary", {}, each.title),
        h("div", { class: "suggestion-text" }, ...textNodes(each.text)),
        use &&
          each.text !== "" &&
          h(
            "div",
            { class: "suggestion-buttons" },
            button(words.send, () => use.send(each.text), { class: "button small", focus: `send-${i}` }),
            button(words.edit, () => use.edit(each.text), { class: "button small", focus: `edit-${i}` }),
          ),
      ),
    ),
  );
}

function packetView(packet: Packet, use: Suggesting | null, things: Node, ask: Node | null): (Node | null)[] {
  const mood = packet.mood === "calm" ? "state info" : packet.mood === "angry" ? "state bad" : "state wait";
  return [
    part(
      words.goal,
      h("p", { class: "goal" }, packet.goal || words.noGoal),
      h(
        "p",
        {},
        packet.reason !== null &&
          h("span", { class: "reason" }, `${words.reason}: ${strings.reason(packet.reason)}`),
        h("span", { class: mood }, `${words.mood}: ${strings.mood(packet.mood)}`),
      ),
    ),
    identity(packet, ask),
    things,
    suggestions(packet, use),
    tried(packet),
  ];
}

function rating(summary: ChatSummary): HTMLElement | null {
  if (!summary.rating) return null;
  const { score, title, word, at } = summary.rating;
  return part(
    strings.rating.title,
    h(
      "p",
      { class: "rating" },
      h("span", { class: `state ${score > 3 ? "good" : score > 2 ? "info" : "bad"}` }, title),
      word !== null && h("span", { class: "rating-word" }, ...textNodes(word)),
      h("time", { class: "hint", datetime: at }, momentText(at)),
    ),
  );
}

function about(summary: ChatSummary): HTMLElement {
  const site = summary.site ? `（${strings.site(summary.site)}）` : "";
  return part(
    words.channel,
    h("p", {}, `${strings.channel(summary.channel)}${site}`),
    summary.tags.length > 0 && h("p", {}, ...summary.tags.map((tag) => h("span", { class: "tag" }, tag))),
  );
}

export function customerView(desk: Desk, use: Suggesting, close: () => void): HTMLElement {
  const content = h("div", { class: "packet" });
  const skills = new SkillsPanel(desk, desk.skills, (text) => use.edit(text));
  draw(
    desk.store,
    content,
    (state) => [
      state.open?.id,
      JSON.stringify(state.open?.chat?.packet ?? null),
      JSON.stringify([
        state.open?.chat?.summary.tags,
        state.open?.chat?.summary.owner,
        state.open?.chat?.summary.rating,
      ]),
    ],
    (state) => {
      const chat = state.open?.chat;
      if (!chat) return [];
      const mine = isMine(state, chat.summary);
      skills.sent(chat.packet?.cards ?? []);
      const parts = chat.packet
        ? packetView(
            chat.packet,
            mine ? use : null,
            skills.element,
            mine ? askIdentity(desk, chat.summary) : null,
          )
        : [h("p", { class: "hint" }, words.noPacket), skills.element];
      return [...parts, rating(chat.summary), about(chat.summary)];
    },
  );
  return h(
    "section",
    { class: "right", "aria-label": words.label, tabindex: 0 },
    button(strings.accountDialog.close, close, { class: "button small close-customer" }),
    content,
  );
}

/** What the log shows, row by row, worked out from the state without touching the page. */

import { asksIdentity, identityAsked } from "../identity";
import { asksRating, asksScore, asksWord, type Offer, scores } from "../rating";
import { activeChoices, type Item, items, type Pending, type State, takenChoice } from "../state";
import { dayId, dayText, strings } from "../strings.ja";
import type { Message, Speaker } from "../types";

export interface MessageRow {
  type: "message";
  key: string;
  from: Speaker;
  /** The name above the group; null inside a group. */
  name: string | null;
  speaker: string;
  last: boolean;
  text: string;
  at: string;
  read: boolean;
  choices: Offer | null;
  /** The message to which a word may be written in place. */
  word: number | null;
  /** The message below which the customer proves an order. */
  identity: boolean;
  card: Message["card"];
  files: Message["files"];
  pending: Pending | null;
}

export type Row =
  | MessageRow
  | { type: "day" | "divider" | "notice" | "starting" | "failed" | "closed"; key: string; text: string }
  | { type: "typing"; key: string; from: "bot" | "agent"; text: string };

const GROUP_GAP = 5 * 60_000;

function speakerName(from: Speaker, message: Message | undefined, state: State): string {
  if (from !== "agent") return strings.speaker[from];
  return (
    message?.agentName ?? (state.owner.owner === "agent" ? state.owner.agent : null) ?? strings.speaker.agent
  );
}

const origin = (item: Item) => {
  const { message } = item;
  // How satisfied the customer was, and who they are, is asked by nobody in person.
  const nobody = message && (asksRating(message) || asksIdentity(message));
  const from: Speaker = nobody ? "bot" : (message?.from ?? "customer");
  return { from, at: item.message?.at ?? item.pending?.at ?? "" };
};

function together(a: Item | undefined, b: Item | undefined): boolean {
  if (!a || !b) return false;
  const [one, two] = [origin(a), origin(b)];
  const apart = Math.abs(Date.parse(two.at) - Date.parse(one.at));
  return one.from === two.from && dayId(one.at) === dayId(two.at) && !(apart > GROUP_GAP);
}

function choicesOf(state: State, message: Message, active: number | null): Offer | null {
  // The word has a field in place of its choice.
  if (message.choices.length === 0 || asksWord(message)) return null;
  if (asksScore(message)) return scores(state, message);
  return { list: message.choices, active: message.seq === active, taken: takenChoice(state, message) };
}

/** A customer's file comes without words: what stands for it is for who cannot show it. */
function wordsOf(message: Message): string {
  return message.from === "customer" && message.files.length > 0 ? "" : message.text;
}

export function rows(state: State): Row[] {
  const list = items(state);
  const active = activeChoices(state);
  const asked = identityAsked(state);
  const readItems = list.filter(
    (item) => item.message?.from === "customer" && item.message.seq <= state.readByShop,
  );
  const lastRead = readItems.at(-1)?.key;
  const out: Row[] = [];
  if (state.notice) out.push({ type: "notice", key: "notice", text: state.notice });

  let day = list[0] ? dayId(origin(list[0]).at) : "";
  // One day needs no heading unless it is not today's.
  if (list[0] && dayText(origin(list[0]).at) !== "今日") day = "";

  list.forEach((item, index) => {
    const { from, at } = origin(item);
    const { message, pending } = item;
    const divider = message !== undefined && message.seq === state.divider;
    if (dayId(at) !== day) {
      day = dayId(at);
      out.push({ type: "day", key: `d:${day}`, text: dayText(at) });
    }
    if (divider) out.push({ type: "divider", key: "divider", text: strings.divider });
    const next = list[index + 1];
    const joined = together(list[index - 1], item) && !divider;
    const speaker = speakerName(from, message, state);
    out.push({
      type: "message",
      key: item.key,
      from,
      name: joined || from === "customer" || from === "system" ? null : speaker,
      speaker,
      last: !together(item, next) || next?.message?.seq === state.divider,
      text: message ? wordsOf(message) : (pending?.text ?? ""),
      at,
      read: item.key === lastRead,
      choices: message ? choicesOf(state, message, active) : null,
      word: message && asksWord(message) && message.seq === active ? message.seq : null,
      identity: message !== undefined && message.seq === asked,
      card: message?.card ?? null,
      files: message?.files ?? [],
      pending: pending && pending.status !== "sent" ? pending : null,
    });
  });

  if (state.phase === "starting" && list.length === 0)
    out.push({ type: "starting", key: "starting", text: strings.starting });
  if (state.phase === "failed") out.push({ type: "failed", key: "failed", text: strings.startFailed });
  if (state.owner.owner === "closed") out.push({ type: "closed", key: "closed", text: strings.closed });
  if (state.typing)
    out.push({ type: "typing", key: "typing", from: state.typing, text: strings.typing[state.typing] });
  return out;
}

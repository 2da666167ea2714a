/** Asking how satisfied the customer was: a score of five, which may be changed, and a word if they like. */

import { items, type State } from "./state";
import type { Choice, Message } from "./types";

export interface Offer {
  list: Choice[];
  active: boolean;
  taken: string | null;
}

export const asksRating = (message: Message): boolean =>
  message.from === "system" && message.act !== null && message.act.startsWith("rating");

export const asksScore = (message: Message): boolean => asksRating(message) && message.act === "rating";

export const asksWord = (message: Message): boolean => asksRating(message) && message.act === "rating_thanks";

/** The scores of a question: the last one taken counts, and it may be changed until something else is said. */
export function scores(state: Pick<State, "messages" | "pending">, question: Message): Offer {
  const after = items(state).filter((item) =>
    item.message ? item.message.seq > question.seq : item.pending.status !== "failed",
  );
  let taken: string | null = null;
  let active = true;
  for (const { message, pending } of after) {
    if (message && message.from !== "customer") {
      if (message.from === "agent" || asksScore(message)) active = false;
      continue;
    }
    const text = message?.text ?? pending?.text ?? "";
    const choice = active && question.choices.find(({ title }) => `${text}\n`.startsWith(`${title}\n`));
    if (choice) taken = choice.id;
    else if (message?.act !== "rating" && pending?.about === undefined) active = false;
  }
  return { list: question.choices, active: active && state.pending.length === 0, taken };
}

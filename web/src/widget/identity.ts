/** Proving that an order or rental is the customer's: asked by the agent who has the chat. */

import type { State } from "./state";
import type { Message } from "./types";

const isStep = (message: Message): boolean =>
  message.from === "system" && message.act !== null && message.act.startsWith("identify");

/** Said by nobody in person. */
export const asksIdentity = isStep;

/** The message whose fields may be filled in now: the newest step of a chat that an agent still has. */
export function identityAsked(state: Pick<State, "messages" | "owner">): number | null {
  if (state.owner.owner !== "agent") return null;
  for (const message of [...state.messages].reverse()) {
    if (isStep(message)) return message.act === "identify" ? message.seq : null;
    // the chat went back to the assistant or into the queue in between
    if (message.kind === "handoff") return null;
  }
  return null;
}

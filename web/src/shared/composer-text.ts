/** What counts in the text field: the length limit, and whether Enter is the customer's or the input method's. */

export const LIMIT = 5000;
const NEAR_LIMIT = 4500;

/** Characters as people and the service count them: an emoji outside the basic plane is one. */
export function length(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export type Counter = { kind: "none" } | { kind: "left" | "over"; count: number };

export function counter(text: string): Counter {
  const used = length(text);
  if (used > LIMIT) return { kind: "over", count: used - LIMIT };
  return used >= NEAR_LIMIT ? { kind: "left", count: LIMIT - used } : { kind: "none" };
}

export function sendable(text: string): boolean {
  return text.trim() !== "" && length(text.trim()) <= LIMIT;
}

const AFTER_COMPOSITION = 60;

interface Key {
  key: string;
  shiftKey: boolean;
  isComposing: boolean;
  keyCode: number;
  timeStamp: number;
}

/** Tells the Enter that sends from the one that confirms a conversion, in every browser's order of events. */
export class EnterKey {
  private composing = false;
  private endedAt = Number.NEGATIVE_INFINITY;

  start(): void {
    this.composing = true;
  }

  end(timeStamp: number): void {
    this.composing = false;
    this.endedAt = timeStamp;
  }

  sends(event: Key): boolean {
    if (event.key !== "Enter" || event.shiftKey) return false;
    if (this.composing || event.isComposing || event.keyCode === 229) return false;
    // Safari: compositionend comes first, then the keydown of the very same Enter.
    return event.timeStamp - this.endedAt > AFTER_COMPOSITION;
  }
}

/** Which key does what, and when keys are an agent's typing and nothing else. */

export type Command =
  | "search"
  | "next"
  | "previous"
  | "open"
  | "take"
  | "reply"
  | "note"
  | "close"
  | "back"
  | "snooze"
  | "transfer"
  | "help";

export const KEYS: Readonly<Record<string, Command>> = {
  "/": "search",
  j: "next",
  k: "previous",
  Enter: "open",
  t: "take",
  r: "reply",
  n: "note",
  e: "close",
  b: "back",
  s: "snooze",
  m: "transfer",
  "?": "help",
};

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  keyCode: number;
  target: EventTarget | null;
}

function writes(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest("textarea, select, [contenteditable]:not([contenteditable=false])")) return true;
  const input = target.closest("input");
  return !!input && !["checkbox", "radio", "button"].includes(input.type);
}

/** The command of a key press; null when it belongs to what has the focus. */
export function commandOf(event: Pressed): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.keyCode === 229)
    return null;
  if (writes(event.target)) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Enter on a button or a link is theirs
  if (key === "Enter" && event.target instanceof Element && event.target.closest("button, a, summary"))
    return null;
  return Object.hasOwn(KEYS, key) ? (KEYS[key] as Command) : null;
}

/** What stands in the transcript, in order: days, messages, notes, what is still on its way. */

import type { Unsent } from "./state";
import { strings } from "./strings.ja";
import { dayId, dayText } from "./time";
import type { Chat, DeskMessage, Note } from "./types";

export type Row = { key: string } & (
  | { type: "day" | "divider"; text: string }
  | { type: "message"; message: DeskMessage; first: boolean; name: string }
  | { type: "note"; note: Note }
  | { type: "unsent"; unsent: Unsent }
);

const speakerOf = (message: DeskMessage): string => `${message.from}:${message.agent?.id ?? ""}`;

/** The rows of a chat. `divider` is the first new message's seq. */
export function rowsOf(
  chat: Pick<Chat, "messages" | "notes">,
  unsent: readonly Unsent[],
  divider: number | null,
  now: Date,
): Row[] {
  const rows: Row[] = [];
  const notes = [...chat.notes].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  let day = "";
  let speaker = "";
  const dayRow = (at: string): void => {
    const id = dayId(at);
    if (!id || id === day) return;
    day = id;
    speaker = "";
    rows.push({ key: `d:${id}`, type: "day", text: dayText(at, now) });
  };
  const noteRows = (until: number): void => {
    while (notes[0] && Date.parse(notes[0].at) < until) {
      const note = notes.shift() as Note;
      dayRow(note.at);
      speaker = "";
      rows.push({ key: `n:${note.id}`, type: "note", note });
    }
  };
  for (const message of chat.messages) {
    noteRows(Date.parse(message.at) || 0);
    dayRow(message.at);
    if (message.seq === divider) {
      speaker = "";
      rows.push({ key: "divider", type: "divider", text: strings.chat.divider });
    }
    const first = speakerOf(message) !== speaker;
    speaker = speakerOf(message);
    const name = strings.speaker(message.from, message.agent?.name ?? null);
    rows.push({ key: `m:${message.seq}`, type: "message", message, first, name });
  }
  noteRows(Number.POSITIVE_INFINITY);
  for (const each of unsent) rows.push({ key: `u:${each.key}`, type: "unsent", unsent: each });
  return rows;
}

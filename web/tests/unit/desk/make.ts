/** Chats and messages for the desk's tests. */

import { readMessage, readSummary } from "../../../src/desk/read";
import type { ChatSummary, DeskMessage } from "../../../src/desk/types";

export const NOW = Date.parse("2026-12-01T03:00:00Z");

export function chat(id: string, more: Record<string, unknown> = {}): ChatSummary {
  const base = {
    id,
    owner: "queue",
    waiting_since: "2026-12-01T02:50:00Z",
    last: { from: "customer", text: "", at: "" },
  };
  return readSummary({ ...base, ...more }) as ChatSummary;
}

export function message(seq: number, more: Record<string, unknown> = {}): DeskMessage {
  const at = new Date(NOW + seq * 1000).toISOString();
  return readMessage({ seq, from: "customer", text: `m${seq}`, at, ...more }) as DeskMessage;
}

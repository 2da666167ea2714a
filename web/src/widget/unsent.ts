/** Messages that have not gone out, kept over a reload of this tab. Files cannot be kept. */

import type { Pending } from "./state";
import { storage } from "./storage";
import { strings } from "./strings.ja";

type Kept = Pick<Pending, "clientId" | "text" | "choice" | "about" | "at">;

function isKept(value: unknown): value is Kept {
  const item = value as Partial<Kept> | null;
  return (
    typeof item?.clientId === "string" &&
    typeof item.text === "string" &&
    typeof item.at === "string" &&
    (item.choice === null || typeof item.choice === "string") &&
    (item.about === undefined || typeof item.about === "number")
  );
}

/** Remembers what of a conversation is still on its way. */
export function keepUnsent(key: string, conversation: string, pending: readonly Pending[]): void {
  const kept: Kept[] = pending
    .filter((item) => item.status !== "sent" && !item.file)
    .map(({ clientId, text, choice, about, at }) => ({
      clientId,
      text,
      choice,
      ...(about === undefined ? {} : { about }),
      at,
    }));
  storage.setUnsent(key, kept.length > 0 ? JSON.stringify({ conversation, kept }) : null);
}

/**
 * What was on its way when the page was left, each to be sent again by the customer.
 * It keeps its key: what had arrived after all is not sent twice, and goes when the stream brings it.
 */
export function unsentOf(key: string, conversation: string): Pending[] {
  try {
    const stored = JSON.parse(storage.unsent(key) ?? "null") as {
      conversation?: unknown;
      kept?: unknown;
    } | null;
    if (stored?.conversation !== conversation || !Array.isArray(stored.kept)) return [];
    return stored.kept.filter(isKept).map((item) => ({
      ...item,
      status: "failed",
      before: null,
      error: strings.failed.left,
      retryable: true,
      retryAt: null,
      blocked: false,
    }));
  } catch {
    return [];
  }
}

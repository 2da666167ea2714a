/** The conversation's transcript: as a file that the service makes, or mailed by it. */

import { ApiError, japaneseDetail } from "../shared/api-error";
import type { Conversation } from "./api";

const TIMEOUT = 20_000;
const BEGINS = "\uFEFF";

export class TranscriptApi {
  constructor(private readonly base: string) {}

  /** Whether the service can send mails. */
  async byEmail(): Promise<boolean> {
    const answer: unknown = await (await this.call("/config", {})).json();
    return (answer as { transcript_by_email?: unknown } | null)?.transcript_by_email === true;
  }

  /** A text file; it begins with a mark by which every editor knows that it is Unicode. */
  async file(conversation: Conversation): Promise<Blob> {
    const text = await (await this.call(path(conversation), { headers: bearer(conversation) })).text();
    return new Blob([BEGINS, text.replace(/\n/g, "\r\n")], { type: "text/plain;charset=utf-8" });
  }

  async mail(conversation: Conversation, email: string): Promise<void> {
    await this.call(path(conversation), {
      method: "POST",
      headers: { ...bearer(conversation), "Content-Type": "application/json" },
      body: JSON.stringify({ email }),
    });
  }

  private async call(where: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(TIMEOUT);
    const kept = { cache: "no-store", credentials: "omit", redirect: "error" } as const;
    let response: Response;
    try {
      response = await fetch(`${this.base}/api/v1${where}`, { ...init, ...kept, signal });
    } catch {
      throw new ApiError(0);
    }
    if (response.ok) return response;
    const body: unknown = await response.json().catch(() => null);
    throw new ApiError(response.status, japaneseDetail(body));
  }
}

const path = (conversation: Conversation): string =>
  `/conversations/${encodeURIComponent(conversation.id)}/transcript`;
const bearer = (conversation: Conversation) => ({ Authorization: `Bearer ${conversation.token}` });

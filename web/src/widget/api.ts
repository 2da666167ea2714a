/** The Chat API, version 1: requests, and what they bring back. */

import { ApiError, japaneseDetail, retryAfterSeconds } from "../shared/api-error";
import { upload } from "../shared/upload";
import { type Message, type Owner, readMessages, readOwner } from "./types";

export interface Conversation {
  id: string;
  token: string;
}

/** A text, a choice, or a word to the rating that a message of ours has asked for. */
export type Body = { text: string } | { choice: string } | { word: string; message: number };

const SEND_TIMEOUT = 20_000;

async function failure(response: Response): Promise<ApiError> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // not JSON: an answer of something in between
  }
  return new ApiError(
    response.status,
    japaneseDetail(body),
    retryAfterSeconds(response.headers.get("Retry-After")),
  );
}

export interface Sent {
  owner: Owner | null;
  messages: Message[];
  /** The replies come on the stream. */
  later: boolean;
}

function sent(answer: Record<string, unknown>): Sent {
  const messages = readMessages(answer.messages);
  return { owner: readOwner(answer.owner), messages, later: answer.status === 202 };
}

export class Api {
  constructor(private readonly base: string) {}

  async create(
    site: string | null,
    identity: string | null,
  ): Promise<Conversation & { messages: Message[] }> {
    const body = identity ? { site, identity } : { site };
    const answer = (await this.post("/api/v1/conversations", body, {})) as Record<string, unknown>;
    if (typeof answer.id !== "string" || typeof answer.token !== "string") throw new ApiError(502);
    return { id: answer.id, token: answer.token, messages: readMessages(answer.messages) };
  }

  async send(conversation: Conversation, body: Body, key: string): Promise<Sent> {
    const what = "word" in body ? "rating" : "messages";
    const path = `/api/v1/conversations/${encodeURIComponent(conversation.id)}/${what}`;
    const headers = { Authorization: `Bearer ${conversation.token}`, "Idempotency-Key": key };
    return sent((await this.post(path, body, headers)) as Record<string, unknown>);
  }

  /** What the customer says to prove an order or rental; the answer is what they are told of it. */
  async identify(conversation: Conversation, number: string, contact: string, key: string): Promise<Sent> {
    const path = `/api/v1/conversations/${encodeURIComponent(conversation.id)}/identification`;
    const headers = { Authorization: `Bearer ${conversation.token}`, "Idempotency-Key": key };
    return sent((await this.post(path, { number, contact }, headers)) as Record<string, unknown>);
  }

  async sendFile(
    conversation: Conversation,
    file: File,
    key: string,
    progress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<Sent> {
    const path = `/api/v1/conversations/${encodeURIComponent(conversation.id)}/files`;
    const headers = { Authorization: `Bearer ${conversation.token}`, "Idempotency-Key": key };
    const response = await upload(this.base + path, file, { headers, progress, signal });
    if (!response.ok) throw await failure(response);
    try {
      return sent({ ...((await response.json()) as object), status: response.status });
    } catch {
      throw new ApiError(502);
    }
  }

  /** The customer is writing, or has stopped. */
  async writing(conversation: Conversation, on: boolean): Promise<void> {
    const path = `/api/v1/conversations/${encodeURIComponent(conversation.id)}/typing`;
    await this.post(path, { on }, { Authorization: `Bearer ${conversation.token}` });
  }

  /** The whole address of what the API names by its path. */
  url(path: string): string {
    return new URL(path, this.base || document.baseURI).href;
  }

  async events(conversation: Conversation, after: number, signal: AbortSignal): Promise<Response> {
    const path = `/api/v1/conversations/${encodeURIComponent(conversation.id)}/events?after=${after}`;
    const headers = { Authorization: `Bearer ${conversation.token}`, Accept: "text/event-stream" };
    const response = await this.fetch(path, { headers, signal });
    if (!response.ok) throw await failure(response);
    return response;
  }

  private async post(path: string, body: unknown, headers: Record<string, string>): Promise<unknown> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), SEND_TIMEOUT);
    try {
      const response = await this.fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
        body: JSON.stringify(body),
        signal: abort.signal,
      });
      if (!response.ok) throw await failure(response);
      const text = await response.text();
      const answer = text ? (JSON.parse(text) as object) : {};
      return { ...answer, status: response.status };
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError(0);
    } finally {
      clearTimeout(timer);
    }
  }

  private fetch(path: string, init: RequestInit): Promise<Response> {
    return fetch(this.base + path, { ...init, cache: "no-store", credentials: "omit", redirect: "error" });
  }
}

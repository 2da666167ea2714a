/** The Chat API, version 1: requests, and what a failed one means to the customer. */

import { type Message, type Owner, readMessages, readOwner } from "./types";

export interface Conversation {
  id: string;
  token: string;
}

export class ApiError extends Error {
  constructor(
    /** 0: no answer at all. */
    readonly status: number,
    /** The service's own words, only when they are Japanese. */
    readonly detail: string | null = null,
    readonly retryAfter: number | null = null,
  ) {
    super(`HTTP ${status}`);
  }

  /** The conversation is unknown to the service, or its token is. */
  get gone(): boolean {
    return this.status === 401 || this.status === 404 || this.status === 410;
  }

  /** The same request may succeed later. */
  get temporary(): boolean {
    // 409, 425: the first try of the same message is still on its way
    return [0, 408, 409, 425, 429].includes(this.status) || this.status >= 500;
  }
}

const SEND_TIMEOUT = 20_000;

export function japaneseDetail(body: unknown): string | null {
  const detail = (body as { detail?: unknown } | null)?.detail;
  return typeof detail === "string" && detail.length <= 400 && /[\u3040-\u30ff\u4e00-\u9fff]/.test(detail)
    ? detail
    : null;
}

/** Retry-After in seconds: a number, or a date. */
export function retryAfterSeconds(value: string | null, now = Date.now()): number | null {
  if (!value) return null;
  const seconds = /^\s*\d+\s*$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - now) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 3600) : null;
}

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

  async send(
    conversation: Conversation,
    body: { text: string } | { choice: string },
    key: string,
  ): Promise<{ owner: Owner | null; messages: Message[]; later: boolean }> {
    const path = `/api/v1/conversations/${encodeURIComponent(conversation.id)}/messages`;
    const headers = { Authorization: `Bearer ${conversation.token}`, "Idempotency-Key": key };
    const answer = (await this.post(path, body, headers)) as Record<string, unknown>;
    const messages = readMessages(answer.messages);
    return { owner: readOwner(answer.owner), messages, later: answer.status === 202 };
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

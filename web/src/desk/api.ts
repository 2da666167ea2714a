/** The desk's API: one method for each request, and what a refused one says. */

import { ApiError, japaneseDetail, retryAfterSeconds } from "../shared/api-error";
import { upload } from "../shared/upload";
import * as read from "./read";
import type { Agent, Canned, Chat, ChatSummary, DeskMessage, Inquiry, OwnSession, Presence } from "./types";

const BASE = "/desk/api";
const TIMEOUT = 20_000;

export type View = "queue" | "mine" | "open" | "snoozed" | "closed";

export class DeskError extends ApiError {
  constructor(
    status: number,
    detail: string | null,
    retryAfter: number | null,
    /** The problem's code; "" when the answer had none. */
    readonly code: string,
    /** Who has the chat, when the refusal says so. */
    readonly holder: string | null,
  ) {
    super(status, detail, retryAfter);
  }
}

async function failure(response: Response): Promise<DeskError> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // not JSON: an answer of something in between
  }
  const problem = read.isObject(body) ? body : {};
  const holder = read.isObject(problem.agent) ? problem.agent.name : problem.holder;
  return new DeskError(
    response.status,
    japaneseDetail(body),
    retryAfterSeconds(response.headers.get("Retry-After")),
    typeof problem.code === "string" ? problem.code : "",
    typeof holder === "string" && holder ? holder : null,
  );
}

function need<T>(value: T | null): T {
  if (value === null) throw new ApiError(502);
  return value;
}

/** What to say of a request that was refused or got lost: the service's sentence, else this one. */
export const sentenceOf = (error: unknown, otherwise: string): string =>
  (error instanceof ApiError ? error.detail : null) ?? otherwise;

/** The chat is another agent's, or nobody's: whatever was asked did not happen. */
export const notMine = (error: unknown): error is DeskError =>
  error instanceof DeskError && ["not_owner", "nobody_s"].includes(error.code);

export interface Page {
  chats: ChatSummary[];
  next: string | null;
}

/** What came of a deed: the chat as it is now, and whether its agent has more than they should. */
export interface Done {
  summary: ChatSummary | null;
  over: boolean;
}

const chat = (id: string, rest = ""): string => `/chats/${encodeURIComponent(id)}${rest}`;
const inquiry = (number: string, rest = ""): string => `/inquiries/${encodeURIComponent(number)}${rest}`;

export class DeskApi {
  /** Called when the session is over, whatever was asked. */
  onSignedOut: () => void = () => undefined;

  async session(): Promise<Agent> {
    return need(read.readAgent(read.listOf(await this.call("GET", "/session"), "agent")));
  }

  async signIn(login: string, password: string, code: string): Promise<Agent> {
    const body = code ? { login, password, code } : { login, password };
    return need(read.readAgent(read.listOf(await this.call("POST", "/session", body), "agent")));
  }

  async signOut(): Promise<void> {
    await this.call("DELETE", "/session");
  }

  async sessions(): Promise<OwnSession[]> {
    return read.readSessions(read.listOf(await this.call("GET", "/sessions"), "sessions"));
  }

  async endSession(id: string): Promise<void> {
    await this.call("DELETE", `/sessions/${encodeURIComponent(id)}`);
  }

  async beginTotp(): Promise<{ secret: string; uri: string }> {
    const answer = (await this.call("POST", "/totp")) as Record<string, unknown>;
    return { secret: String(answer.secret ?? ""), uri: String(answer.uri ?? "") };
  }

  async confirmTotp(code: string): Promise<void> {
    await this.call("POST", "/totp/confirm", { code });
  }

  async agents(): Promise<Agent[]> {
    return read.readAgents(read.listOf(await this.call("GET", "/agents"), "agents"));
  }

  async presence(presence: Presence): Promise<void> {
    await this.call("POST", "/presence", { presence });
  }

  async chats(view: View, before: string | null, limit: number, tag: string | null = null): Promise<Page> {
    const query = new URLSearchParams({ view, limit: String(limit) });
    if (before) query.set("before", before);
    if (tag) query.set("tag", tag);
    return this.page(`/chats?${query}`);
  }

  async search(words: string, before: string | null = null): Promise<Page> {
    const query = new URLSearchParams({ q: words });
    if (before) query.set("before", before);
    return this.page(`/search?${query}`);
  }

  async chat(id: string): Promise<Chat> {
    return need(read.readChat(await this.call("GET", chat(id))));
  }

  /** What was said before a message. */
  async older(id: string, before: number): Promise<readonly DeskMessage[]> {
    return need(read.readChat(await this.call("GET", chat(id, `?before=${before}`)))).messages;
  }

  /** Changes who has a chat, or when it comes back; returns how it is now, if the answer says. */
  async act(id: string, action: string, body: object = {}): Promise<Done> {
    const answer = await this.call("POST", chat(id, `/${action}`), body);
    return {
      summary: read.readSummary(read.listOf(answer, "summary")),
      over: read.isObject(answer) && answer.over_capacity === true,
    };
  }

  /** The agent has seen everything up to a message. */
  async read(id: string, seq: number): Promise<void> {
    await this.call("POST", chat(id, "/read"), { seq });
  }

  async typing(id: string): Promise<void> {
    await this.call("POST", chat(id, "/typing"), {});
  }

  /** Says to colleagues that the agent looks at a chat, or no more; also while the page is going away. */
  async looking(id: string, on: boolean, writes: boolean): Promise<void> {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-Desk": "1" };
    const body = JSON.stringify({ on, writes });
    await this.fetch(chat(id, "/looking"), { method: "POST", headers, body, keepalive: true });
  }

  async say(id: string, text: string, key: string, files: readonly string[] = []): Promise<DeskMessage> {
    const body = files.length > 0 ? { text, attachments: files } : { text };
    const answer = await this.call("POST", chat(id, "/messages"), body, { "Idempotency-Key": key });
    return need(read.readMessage(read.listOf(answer, "message")));
  }

  async merge(id: string, other: string): Promise<ChatSummary | null> {
    return (await this.act(id, "merge", { other })).summary;
  }

  async unmerge(id: string, other: string): Promise<ChatSummary | null> {
    return (await this.act(id, "unmerge", { other })).summary;
  }

  /** Brings a file to the service, for a later message of this agent's; returns its id. */
  async upload(
    id: string,
    file: File,
    progress: (share: number) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const headers = { Accept: "application/json", "X-Desk": "1" };
    const response = await upload(BASE + chat(id, "/files"), file, { headers, progress, signal });
    if (!response.ok) {
      const error = await failure(response);
      if (error.status === 401) this.onSignedOut();
      throw error;
    }
    const answer: unknown = await response.json();
    return need(read.isObject(answer) && typeof answer.id === "string" ? answer.id : null);
  }

  async dropFile(id: string, file: string): Promise<void> {
    await this.call("DELETE", chat(id, `/files/${encodeURIComponent(file)}`));
  }

  async note(id: string, text: string): Promise<void> {
    await this.call("POST", chat(id, "/notes"), { text });
  }

  async tags(id: string, tags: readonly string[]): Promise<void> {
    await this.call("PUT", chat(id, "/tags"), { tags });
  }

  async resend(delivery: string): Promise<void> {
    await this.call("POST", `/deliveries/${encodeURIComponent(delivery)}/resend`, {});
  }

  async canned(site: string | null): Promise<Canned[]> {
    const query = site ? `?${new URLSearchParams({ site })}` : "";
    return read.readCanned(read.listOf(await this.call("GET", `/canned${query}`), "canned"));
  }

  async inquiries(state: string, words: string): Promise<Inquiry[]> {
    const query = new URLSearchParams();
    if (state) query.set("state", state);
    if (words) query.set("q", words);
    const body = read.listOf(await this.call("GET", `/inquiries?${query}`), "inquiries");
    return (Array.isArray(body) ? body : []).map(read.readInquiry).filter((each): each is Inquiry => !!each);
  }

  async inquiry(number: string): Promise<Inquiry> {
    const body = await this.call("GET", inquiry(number));
    return need(read.readInquiry(body) ?? read.readInquiry(read.listOf(body, "inquiry")));
  }

  async setInquiry(number: string, state: string): Promise<void> {
    await this.call("PATCH", inquiry(number), { state });
  }

  async replyInquiry(number: string, text: string, via: string, key: string): Promise<void> {
    await this.call("POST", inquiry(number, "/reply"), { text, via }, { "Idempotency-Key": key });
  }

  /** Has a chat's transcript mailed to its customer. */
  async mailTranscript(id: string, email: string): Promise<void> {
    await this.call("POST", chat(id, "/transcript"), { email });
  }

  async events(cursor: string | null, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (cursor !== null) headers["Last-Event-ID"] = cursor;
    const response = await this.fetch("/events", { headers, signal });
    if (!response.ok) throw await failure(response);
    return response;
  }

  /** A request of a part that reads its answer itself. */
  ask(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<unknown> {
    return this.call(method, path, body, headers);
  }

  private async page(path: string): Promise<Page> {
    const body = await this.call("GET", path);
    const next = read.isObject(body) ? body.next : null;
    return {
      chats: read.readSummaries(read.listOf(body, "chats")),
      next: next === null || next === undefined || next === "" ? null : String(next),
    };
  }

  /** Asks the service, whatever it is; `people.ts` and the like have requests of their own. */
  async call(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT);
    try {
      const response = await this.fetch(path, {
        method,
        headers: {
          Accept: "application/json",
          "X-Desk": "1",
          ...(body && { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: abort.signal,
      });
      if (!response.ok) throw await failure(response);
      const text = await response.text();
      return text ? (JSON.parse(text) as unknown) : {};
    } catch (error) {
      if (error instanceof ApiError && error.status === 401 && path !== "/session") this.onSignedOut();
      throw error instanceof ApiError ? error : new ApiError(0);
    } finally {
      clearTimeout(timer);
    }
  }

  private fetch(path: string, init: RequestInit): Promise<Response> {
    return fetch(BASE + path, { ...init, cache: "no-store", credentials: "same-origin", redirect: "error" });
  }
}

/** Where a customer's file is. */
export const attachmentUrl = (id: string): string => `${BASE}/attachments/${encodeURIComponent(id)}`;

/**
 * A small stand-in for the desk's API, for working on the desk and for its browser tests.
 *
 *   npm run build && npm run mock:desk     → http://127.0.0.1:8091/desk  (mori / demo-mori, hara / demo-hara;
 *   kubo / demo-kubo asks for the code 123456)
 *
 * Words in an agent's answer: 失敗 fails once, so that a retry succeeds.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { AGENTS, CANNED, CODE, INQUIRIES, packetOf } from "./desk-mock-data.mjs";

const WEB = new URL("../../madoguchi/web/", import.meta.url);
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:";
const now = () => new Date().toISOString();

class Refusal extends Error {
  constructor(status, code, more = {}) {
    super(code);
    this.status = status;
    this.body = { status, code, title: code, detail: null, ...more };
  }
}

export class DeskMock {
  constructor() {
    this.reset();
  }

  reset() {
    this.agents = structuredClone(AGENTS);
    this.inquiries = structuredClone(INQUIRIES);
    this.chats = new Map();
    this.sessions = new Map();
    this.keys = new Map();
    this.said = [];
    this.feed = [];
    for (const stream of this.streams ?? []) stream.destroy();
    this.streams = new Set();
    /** Switches for tests. */
    this.down = false;
    this.failed = new Set();
    this.takeGate = null;
    this.failSends = 0;
    this.typings = 0;
  }

  /** Adds a chat; `more` overrides its summary, `texts` is what the customer wrote. */
  add(id, more = {}, texts = ["返品したいのですが、担当の方はいますか。"]) {
    const at = more.waiting_since ?? now();
    const chat = {
      id,
      channel: "web",
      site: "store",
      owner: "queue",
      agent: null,
      customer: { name: `お客様 ${id}`, member_id: null, verified: "none" },
      reason: "customer",
      goal: "返品したい",
      waiting_since: at,
      unread: texts.length,
      tags: [],
      snoozed_until: null,
      delivery_failed: false,
      ...more,
      messages: [],
      notes: [],
    };
    this.chats.set(id, chat);
    for (const text of texts) this.message(chat, "customer", text, {}, false);
    this.changed(chat);
    return chat;
  }

  message(chat, from, text, more = {}, tell = true) {
    const message = {
      seq: chat.messages.length + 1,
      from,
      kind: "notice",
      text,
      choices: [],
      card: null,
      at: now(),
      attachments: [],
      withdrawn: false,
      ...more,
    };
    chat.messages.push(message);
    if (tell) {
      this.tell("message", { chat_id: chat.id, message });
      this.changed(chat);
    }
    return message;
  }

  customerSays(id, text) {
    const chat = this.chats.get(id);
    chat.unread += 1;
    return this.message(chat, "customer", text);
  }

  summary(chat) {
    const last = chat.messages.at(-1);
    const { messages, notes, ...rest } = chat;
    return { ...rest, last: last ? { from: last.from, text: last.text, at: last.at } : null };
  }

  changed(chat) {
    this.tell("chat", { summary: this.summary(chat) });
  }

  tell(event, data, kept = true) {
    if (kept) this.feed.push({ event, data });
    for (const stream of this.streams) stream.write(frame(event, data, kept ? this.feed.length : null));
  }

  /** Streams break; with `down`, new ones are refused until it is false again. */
  breakStreams() {
    for (const stream of this.streams) stream.destroy();
    this.streams.clear();
  }

  chatsOf(view, agent) {
    const snoozed = (chat) => chat.snoozed_until && chat.snoozed_until > now();
    const is = {
      queue: (chat) => chat.owner === "queue" && !snoozed(chat),
      mine: (chat) => chat.owner === "agent" && chat.agent?.id === agent.id && !snoozed(chat),
      open: (chat) => chat.owner !== "closed",
      snoozed: (chat) => chat.owner !== "closed" && snoozed(chat),
      closed: (chat) => chat.owner === "closed",
    }[view];
    const all = [...this.chats.values()].filter(is);
    if (view === "queue") return all.sort((a, b) => a.waiting_since.localeCompare(b.waiting_since));
    return all.sort((a, b) => (b.messages.at(-1)?.at ?? "").localeCompare(a.messages.at(-1)?.at ?? ""));
  }
}

const frame = (event, data, id) =>
  `${id === null ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
const open = ({ password: _, ...agent }) => agent;

function signIn(mock, body, response) {
  const agent = mock.agents.find((each) => each.login === body.login);
  if (!agent || agent.password !== body.password) throw new Refusal(401, "login_failed");
  if (agent.totp && body.code !== CODE) throw new Refusal(401, "code_needed");
  const token = randomUUID();
  mock.sessions.set(token, { id: randomUUID(), agent });
  response.setHeader("Set-Cookie", `desk_session=${token}; HttpOnly; SameSite=Strict; Path=/desk`);
  return { agent: open(agent) };
}

/** Fails unless the chat is the agent's. */
function owned(chat, agent) {
  if (chat.owner !== "agent" || chat.agent?.id !== agent.id)
    throw new Refusal(409, "not_owner", { agent: chat.agent });
}

function leave(chat, owner) {
  chat.owner = owner;
  chat.agent = null;
}

const ACTIONS = {
  async take(mock, chat, agent) {
    if (mock.takeGate) await mock.takeGate();
    if (chat.owner === "agent") throw new Refusal(409, "not_owner", { agent: chat.agent });
    chat.owner = "agent";
    chat.agent = { id: agent.id, name: agent.name };
    chat.unread = 0;
  },
  release(_mock, chat, agent) {
    owned(chat, agent);
    leave(chat, "queue");
  },
  "give-back"(_mock, chat, agent, body) {
    owned(chat, agent);
    leave(chat, "bot");
    chat.given = body.note ?? null;
  },
  close(_mock, chat, agent, body) {
    owned(chat, agent);
    leave(chat, "closed");
    chat.result = body.result;
  },
  transfer(mock, chat, agent, body) {
    owned(chat, agent);
    const to = mock.agents.find((each) => each.id === body.agent_id);
    chat.agent = { id: to.id, name: to.name };
  },
  snooze(_mock, chat, agent, body) {
    owned(chat, agent);
    chat.snoozed_until = body.until;
  },
};

function say(mock, chat, agent, body, key) {
  if (mock.keys.has(key)) return { message: mock.keys.get(key) };
  owned(chat, agent);
  if (/\{\{|〔/.test(body.text)) throw new Refusal(422, "placeholder_empty");
  const line = chat.channel === "line";
  const message = mock.message(chat, "agent", body.text, {
    client_id: key,
    agent: { id: agent.id, name: agent.name },
    delivery: line
      ? { id: `d${key}`, state: "sent", via: "push", counted: true, code: null, reason: null }
      : null,
  });
  mock.keys.set(key, message);
  mock.said.push(body.text);
  // sent, and the answer to it lost on the way
  if (body.text.includes("失敗") && !mock.failed.has(key)) {
    mock.failed.add(key);
    throw new Refusal(503, "unavailable");
  }
  return { message };
}

async function chatRequest(mock, agent, method, id, rest, body, headers) {
  const chat = mock.chats.get(id);
  if (!chat) throw new Refusal(404, "not_found");
  if (!rest) {
    chat.unread = chat.owner === "queue" ? chat.unread : 0;
    return {
      summary: mock.summary(chat),
      messages: chat.messages,
      notes: chat.notes,
      packet: chat.packet ?? packetOf(chat),
    };
  }
  if (rest === "typing") mock.typings += 1;
  if (rest === "messages") {
    if (mock.failSends > 0) {
      mock.failSends -= 1;
      throw new Refusal(503, "unavailable");
    }
    return say(mock, chat, agent, body, headers["idempotency-key"]);
  }
  if (rest === "notes")
    chat.notes.push({
      id: randomUUID(),
      agent: { id: agent.id, name: agent.name },
      text: body.text,
      at: now(),
    });
  if (rest === "tags" && method === "PUT") chat.tags = body.tags;
  if (ACTIONS[rest]) await ACTIONS[rest](mock, chat, agent, body);
  if (rest !== "typing") mock.changed(chat);
  return { summary: mock.summary(chat) };
}

function chatList(mock, agent, query) {
  const all = mock.chatsOf(query.get("view") ?? "queue", agent);
  const from = Number(query.get("before") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  const chats = all.slice(from, from + limit).map((chat) => mock.summary(chat));
  return { chats, next: from + limit < all.length ? String(from + limit) : null };
}

function inquiryRequest(mock, method, number, rest, body) {
  const inquiry = mock.inquiries.find((each) => each.number === number);
  if (!inquiry) throw new Refusal(404, "not_found");
  if (method === "PATCH") inquiry.state = body.state;
  if (rest === "reply") inquiry.history.push({ text: body.text, by: "担当者", at: now() });
  return inquiry;
}

async function answer(mock, method, url, body, session, headers) {
  const [, , , name, id, rest] = url.pathname.split("/").map(decodeURIComponent);
  const { agent } = session;
  if (name === "session" && method === "GET") return { agent: open(agent) };
  if (name === "sessions" && method === "GET")
    return {
      sessions: [...mock.sessions.values()]
        .filter((each) => each.agent === agent)
        .map((each) => ({ id: each.id, client: "Chromium", seen_at: now(), current: each === session })),
    };
  if (name === "sessions") {
    for (const [token, each] of mock.sessions) if (each.id === id) mock.sessions.delete(token);
    return {};
  }
  if (name === "totp") return id === "confirm" ? {} : { secret: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/x" };
  if (name === "agents") return { agents: mock.agents.map(open) };
  if (name === "presence") {
    agent.presence = body.presence;
    mock.tell("presence", { agent: open(agent) });
    return {};
  }
  if (name === "chats" && !id) return chatList(mock, agent, url.searchParams);
  if (name === "chats") return chatRequest(mock, agent, method, id, rest, body, headers);
  if (name === "search") {
    const words = url.searchParams.get("q");
    const found = [...mock.chats.values()].filter((chat) => JSON.stringify(chat).includes(words));
    return { chats: found.slice(0, 50).map((chat) => mock.summary(chat)), next: null };
  }
  if (name === "canned") return { canned: CANNED };
  if (name === "deliveries") return {};
  if (name === "inquiries" && id) return inquiryRequest(mock, method, id, rest, body);
  if (name === "inquiries") {
    const state = url.searchParams.get("state");
    return { inquiries: mock.inquiries.filter((each) => !state || each.state === state) };
  }
  throw new Refusal(404, "not_found");
}

function openStream(mock, request, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const from = request.headers["last-event-id"];
  response.write(frame("hello", { cursor: String(mock.feed.length) }, null));
  if (from !== undefined)
    for (let i = Number(from); i < mock.feed.length; i++)
      response.write(frame(mock.feed[i].event, mock.feed[i].data, i + 1));
  mock.streams.add(response);
  response.on("close", () => mock.streams.delete(response));
}

async function readBody(request) {
  let text = "";
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : {};
}

async function page(path, response) {
  const file = path.startsWith("/static/") ? path.slice(1) : "templates/desk/desk.html";
  const type = file.endsWith(".js") ? "text/javascript" : file.endsWith(".css") ? "text/css" : "text/html";
  response.setHeader("Content-Security-Policy", CSP);
  response.setHeader("Content-Type", `${type}; charset=utf-8`);
  response.end(await readFile(new URL(file, WEB)));
}

async function handle(mock, request, response) {
  const url = new URL(request.url, "http://mock");
  if (/^\/(desk\/?|static\/desk\.(js|css))$/.test(url.pathname)) return page(url.pathname, response);
  if (!url.pathname.startsWith("/desk/api/")) throw new Refusal(404, "not_found");
  if (mock.down) return request.socket.destroy();
  const path = url.pathname.slice("/desk/api".length);
  if (request.method !== "GET" && request.headers["x-desk"] !== "1") throw new Refusal(403, "forbidden");
  const send = (body) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(body));
  };
  if (path === "/session" && request.method === "POST")
    return send(signIn(mock, await readBody(request), response));
  const token = /desk_session=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  const session = mock.sessions.get(token);
  if (!session) throw new Refusal(401, "signed_out");
  if (path === "/session" && request.method === "DELETE") {
    mock.sessions.delete(token);
    return send({});
  }
  if (path === "/events") return openStream(mock, request, response);
  const body = request.method === "GET" ? {} : await readBody(request);
  send(await answer(mock, request.method, url, body, session, request.headers));
}

export async function startDeskMock(port = 0) {
  const mock = new DeskMock();
  const server = createServer((request, response) => {
    handle(mock, request, response).catch((error) => {
      if (!(error instanceof Refusal)) console.error(error);
      const { status, body } = error instanceof Refusal ? error : new Refusal(500, "internal");
      response.writeHead(status, { "Content-Type": "application/problem+json" });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  const close = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { mock, url: `http://127.0.0.1:${server.address().port}`, close };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { mock, url } = await startDeskMock(Number(process.env.PORT ?? 8091));
  mock.add("c1", { channel: "line", waiting_since: new Date(Date.now() - 720_000).toISOString() });
  mock.add("c2", { waiting_since: new Date(Date.now() - 60_000).toISOString() });
  console.log(`mock desk: ${url}/desk`);
}

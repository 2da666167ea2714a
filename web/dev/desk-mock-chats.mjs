/** The mock desk: its chats in memory, and what agents do with them. */
import { randomUUID } from "node:crypto";
import { AGENTS, CANNED, INQUIRIES, packetOf } from "./desk-mock-data.mjs";
import { NOTIFICATIONS } from "./desk-mock-notifications.mjs";

export const now = () => new Date().toISOString();

export class Refusal extends Error {
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
    this.canned = structuredClone(CANNED);
    this.notifications = structuredClone(NOTIFICATIONS);
    this.chats = new Map();
    this.sessions = new Map();
    this.keys = new Map();
    this.said = [];
    this.mailed = [];
    this.feed = [];
    for (const stream of this.streams ?? []) stream.destroy();
    this.streams = new Set();
    /** Switches for tests. */
    this.down = false;
    this.failed = new Set();
    this.takeGate = null;
    this.failSends = 0;
    this.typings = 0;
    /** Orders and rentals: away or not, what a number finds, what was done. */
    this.systemsAway = false;
    this.things = [];
    this.deeds = [];
    this.failDeeds = 0;
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
      merged_into: null,
      ...more,
      messages: [],
      notes: [],
    };
    this.chats.set(id, chat);
    for (const text of texts) this.message(chat, "customer", text, {}, false);
    this.changed(chat);
    return chat;
  }

  /** What a desk is told that may not see a chat any more. */
  hide(id) {
    this.tell("gone", { chat_id: id });
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

export const frame = (event, data, id) =>
  `${id === null ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Fails unless the chat is the agent's. */
function owned(chat, agent) {
  if (chat.owner !== "agent" || chat.agent?.id !== agent.id)
    throw new Refusal(409, "not_owner", { agent: chat.agent });
}

function give(mock, chat, body) {
  const to = mock.agents.find((each) => each.id === body.agent_id);
  chat.agent = { id: to.id, name: to.name };
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
    give(mock, chat, body);
  },
  assign(mock, chat, agent, body) {
    if (!agent.actions.includes("assign")) throw new Refusal(403, "not_allowed");
    chat.owner = "agent";
    give(mock, chat, body);
  },
  merge(mock, chat, agent, { other: id }) {
    owned(chat, agent);
    const other = mock.chats.get(id);
    if (chat.customer.member_id && other.customer.member_id !== chat.customer.member_id)
      throw new Refusal(409, "merge_other_person", { detail: "別の会員のチャットです。まとめられません。" });
    leave(other, "closed");
    other.merged_into = chat.id;
    chat.tags = [...new Set([...chat.tags, ...other.tags])];
    mock.changed(other);
  },
  unmerge(mock, _chat, agent, { other: id }) {
    if (!agent.actions.includes("assign")) throw new Refusal(403, "not_allowed");
    const other = mock.chats.get(id);
    leave(other, "queue");
    other.merged_into = null;
    mock.changed(other);
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
      ? { id: `d${key}`, state: "sent", via: "push", counted: 1, code: null, reason: null }
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

export async function chatRequest(mock, agent, method, [id, rest], body, headers, before = null) {
  const chat = mock.chats.get(id);
  if (!chat) throw new Refusal(404, "not_found");
  if (!rest) {
    chat.unread = chat.owner === "queue" ? chat.unread : 0;
    return {
      summary: mock.summary(chat),
      can_send_files: chat.channel === "line" ? "images" : true,
      files_reason:
        chat.channel === "line" ? "このチャットで送れるのは画像だけです。ほかのファイルは送れません。" : null,
      messages: chat.messages.filter((each) => !before || each.seq < Number(before)).slice(-200),
      merged: [...mock.chats.values()].filter((each) => each.merged_into === id),
      notes: chat.notes,
      packet: chat.packet ?? packetOf(chat),
    };
  }
  if (rest === "transcript") {
    if (!body.email.includes("@")) throw new Refusal(422, "mail_address");
    mock.mailed.push(body.email);
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
  if (rest === "read") chat.seen = body.seq;
  if (!["typing", "read", "looking"].includes(rest)) mock.changed(chat);
  return { summary: mock.summary(chat), over_capacity: rest === "take" && isOver(mock, agent) };
}

/** Whether an agent has more chats than they may have at once. */
const isOver = (mock, agent) =>
  [...mock.chats.values()].filter((chat) => chat.agent?.id === agent.id).length > agent.capacity;

export function chatList(mock, agent, query) {
  const tag = query.get("tag");
  const view = mock.chatsOf(query.get("view") ?? "queue", agent);
  return paged(
    view.filter((chat) => !tag || chat.tags.includes(tag)).map((chat) => mock.summary(chat)),
    query,
  );
}

/** The chats with the words, each with where they were found. */
export function chatSearch(mock, query) {
  const words = query.get("q");
  const found = [...mock.chats.values()].flatMap((chat) => {
    const message = chat.messages.findLast((each) => each.text.includes(words));
    if (!message && !JSON.stringify(mock.summary(chat)).includes(words)) return [];
    return [{ ...mock.summary(chat), snippet: { where: "message", text: message?.text ?? null } }];
  });
  return paged(found, query);
}

function paged(all, query) {
  const from = Number(query.get("before") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  const chats = all.slice(from, from + limit);
  return { chats, next: from + limit < all.length ? String(from + limit) : null };
}

export function inquiryRequest(mock, method, number, rest, body) {
  const inquiry = mock.inquiries.find((each) => each.number === number);
  if (!inquiry) throw new Refusal(404, "not_found");
  const by = { id: "mori", name: "森" };
  const done = (via, state, text) => {
    inquiry.state = state;
    const delivery = via === "email" ? "waiting" : null;
    inquiry.history.push({ via, state, by, at: now(), text, delivery, chat_id: null });
  };
  if (method === "PATCH") done("desk", body.state, null);
  if (rest === "reply") done(body.via ?? inquiry.ways[0].via, "answered", body.text);
  return { inquiry };
}

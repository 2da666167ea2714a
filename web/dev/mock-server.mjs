/**
 * A small stand-in for the service's Chat API, for working on the widget and for its browser tests.
 *
 *   npm run build && npm run mock     → http://127.0.0.1:8090/
 *
 * Words in the message switch what happens: エラー500, 混雑429, 切断, 拒否422, 消失404 (each once per message,
 * so that a retry succeeds), 遅い, あとで (202, reply on the stream), 黙る (202, no reply), 担当者, 終了, カード, 長い, リンク.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { GREETING, repliesTo, TITLES } from "./mock-replies.mjs";

const STATIC = new URL("../../madoguchi/web/static/", import.meta.url);
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:";
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const quote = (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

export class Mock {
  conversations = new Map();
  created = 0;
  received = [];
  connections = [];
  /** Switches for tests. */
  replyDelay = 250;
  failCreate = 0;
  refuseIdentity = false;
  holdStreams = false;
  sendOwner = true;
  /** Where transcripts were mailed to; null: no mail can be sent. */
  mails = [];
  /** An agent takes over soon after the customer asks; without, a test says when: takeOver, agentAnswers. */
  agentComes = true;
  /** Fulfilled while the assistant may reply. */
  replying = Promise.resolve();
  releaseReplies = () => undefined;

  /** Every switch as it was at the start, and no reply kept back any longer. */
  reset() {
    this.releaseReplies();
    this.replyDelay = 250;
    this.failCreate = 0;
    this.refuseIdentity = false;
    this.holdStreams = false;
    this.sendOwner = true;
    this.agentComes = true;
    this.mails = [];
  }

  /** From now on the assistant keeps its replies back, until releaseReplies is called. */
  holdReplies() {
    this.replying = new Promise((done) => {
      this.releaseReplies = () => done(undefined);
    });
  }

  create(site) {
    this.created += 1;
    const id = randomUUID();
    const talk = {
      id,
      site,
      token: `t-${id}`,
      seq: 0,
      messages: [],
      owner: { owner: "bot", agent: null, waiting: null },
      streams: new Set(),
      answers: new Map(),
      failed: new Map(),
    };
    this.conversations.set(id, talk);
    this.add(talk, "bot", GREETING);
    return talk;
  }

  /** Stores a message and pushes it, unless `push` is false: then only a reconnecting stream brings it. */
  add(talk, from, fields, push = true) {
    talk.seq += 1;
    const message = {
      seq: talk.seq,
      from,
      kind: "notice",
      topic: null,
      act: null,
      text: "",
      choices: [],
      card: null,
      at: new Date().toISOString(),
      ...fields,
    };
    talk.messages.push(message);
    if (push) this.push(talk, "message", message, message.seq);
    return message;
  }

  push(talk, event, data, id) {
    const text = `event: ${event}\n${id ? `id: ${id}\n` : ""}data: ${JSON.stringify(data)}\n\n`;
    for (const stream of talk.streams) stream.write(text);
  }

  setOwner(talk, owner, agent = null, waiting = null) {
    talk.owner = { owner, agent: agent ? { name: agent } : null, waiting };
    this.push(talk, "owner", talk.owner);
  }

  dropStreams(talk) {
    for (const stream of talk.streams) stream.destroy();
  }

  get last() {
    return [...this.conversations.values()].at(-1);
  }

  async handOver(talk) {
    this.setOwner(talk, "queue", null, 2);
    if (!this.agentComes) return;
    await wait(1200);
    this.takeOver(talk);
    await wait(800);
    this.agentAnswers(talk);
  }

  /** An agent has the conversation now and starts to write. */
  takeOver(talk) {
    this.setOwner(talk, "agent", "佐藤");
    this.push(talk, "typing", { from: "agent", on: true });
  }

  agentAnswers(talk) {
    this.push(talk, "typing", { from: "agent", on: false });
    this.push(talk, "read", { seq: talk.seq });
    this.add(talk, "agent", { text: "お待たせしました。担当の佐藤です。ご注文のバッグの件ですね。" });
  }

  /** [status, body, headers?], or null: the connection breaks. */
  async answer(talk, key, body) {
    const text = body.choice ? (TITLES[body.choice] ?? `選択 ${body.choice}`) : body.text;
    this.received.push({ key, text });
    const known = talk.answers.get(key);
    if (known) return known;
    const tries = (talk.failed.get(key) ?? 0) + 1;
    talk.failed.set(key, tries);
    if (text.includes("エラー500") && tries === 1) return problem(500, "Internal error");
    if (text.includes("混雑429") && tries === 1)
      return problem(429, "Too many requests", { "Retry-After": "2" });
    if (text.includes("拒否422") && tries === 1)
      return problem(422, "この内容は受け付けられません。言い方を変えてお試しください。");
    if (text.includes("切断") && tries <= 2) return null;
    if (text.includes("消失404")) {
      this.conversations.delete(talk.id);
      this.dropStreams(talk);
      return problem(404, "no such conversation");
    }
    this.add(talk, "customer", { kind: "notice", text, client_id: key });
    const result = await this.reply(talk, text);
    talk.answers.set(key, result);
    return result;
  }

  async reply(talk, text) {
    if (talk.owner.owner === "agent") return [202, { owner: "agent", messages: [] }];
    if (text.includes("担当者")) {
      const message = this.add(talk, "bot", {
        kind: "handoff",
        text: "担当者におつなぎします。このままお待ちください。",
      });
      void this.handOver(talk);
      return [200, { owner: "queue", messages: [message] }];
    }
    if (text.includes("終了")) {
      this.setOwner(talk, "closed");
      return [
        200,
        { owner: "closed", messages: [this.add(talk, "system", { text: "チャットを終了しました。" })] },
      ];
    }
    if (text.includes("黙る")) return [202, { owner: "bot", messages: [] }];
    if (text.includes("あとで")) {
      setTimeout(() => this.add(talk, "bot", repliesTo(text)[0]), 1200);
      return [202, { owner: "bot", messages: [] }];
    }
    await wait(text.includes("遅い") ? 3000 : this.replyDelay);
    await this.replying;
    return [200, { owner: "bot", messages: repliesTo(text).map((each) => this.add(talk, "bot", each)) }];
  }

  page(query) {
    const data = ["site", "name", "color", "identity", "label", "hours"]
      .filter((name) => query.has(name))
      .map((name) => ` data-${name}="${quote(query.get(name))}"`);
    return `<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>お店</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/demo.css">
<link rel="icon" href="data:,"></head><body><main class="inner"><h1>お店のページ</h1>
<p><a id="before" href="#x">ページのリンク</a></p><p>${"お店の文章です。".repeat(120)}</p></main>
<script src="/widget.js"${data.join("")} defer></script></body></html>`;
  }
}

const problem = (status, detail, headers = {}) => [
  status,
  { type: "about:blank", title: "Problem", status, detail },
  { "Content-Type": "application/problem+json", ...headers },
];

async function readBody(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

function openStream(mock, talk, after, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(": connected\n\n");
  mock.connections.push(after);
  for (const message of talk.messages.filter((each) => each.seq > after))
    response.write(`event: message\nid: ${message.seq}\ndata: ${JSON.stringify(message)}\n\n`);
  if (mock.sendOwner) response.write(`event: owner\ndata: ${JSON.stringify(talk.owner)}\n\n`);
  talk.streams.add(response);
  const alive = setInterval(() => response.write(": keep-alive\n\n"), 15_000);
  response.on("close", () => {
    clearInterval(alive);
    talk.streams.delete(response);
  });
}

async function handle(mock, request, response) {
  const url = new URL(request.url, "http://mock");
  const send = (status, body, headers = {}) => {
    const json = typeof body === "object";
    response.writeHead(status, {
      "Content-Type": json ? "application/json" : "text/html; charset=utf-8",
      ...headers,
    });
    response.end(json ? JSON.stringify(body) : body);
  };
  if (url.pathname === "/") return send(200, mock.page(url.searchParams), { "Content-Security-Policy": CSP });
  const file = /^\/(widget\.js|demo\.css)$/.exec(url.pathname)?.[1];
  if (file) {
    const type = file.endsWith(".js") ? "text/javascript" : "text/css";
    return send(200, await readFile(new URL(file, STATIC), "utf8"), {
      "Content-Type": `${type}; charset=utf-8`,
    });
  }
  if (url.pathname === "/api/v1/conversations" && request.method === "POST") {
    const body = await readBody(request);
    if (mock.failCreate > 0) {
      mock.failCreate -= 1;
      return send(...problem(503, "not ready"));
    }
    if (body.identity && mock.refuseIdentity) return send(...problem(401, "token expired"));
    const talk = mock.create(body.site);
    return send(201, { id: talk.id, token: talk.token, messages: talk.messages });
  }
  if (url.pathname === "/api/v1/config") return send(200, { transcript_by_email: mock.mails !== null });
  const match = /^\/api\/v1\/conversations\/([^/]+)\/(messages|events|transcript|typing)$/.exec(url.pathname);
  const talk = match && mock.conversations.get(match[1]);
  if (!talk) return send(...problem(404, "no such conversation"));
  if (request.headers.authorization !== `Bearer ${talk.token}`) return send(...problem(401, "bad token"));
  if (match[2] === "events") {
    if (mock.holdStreams) return request.socket.destroy();
    return openStream(mock, talk, Number(url.searchParams.get("after") ?? 0), response);
  }
  if (match[2] === "typing") {
    await readBody(request);
    return send(204, "", { "Content-Type": "text/plain" });
  }
  if (match[2] === "transcript" && request.method === "GET")
    return send(200, talk.messages.map((each) => each.text).join("\n"), {
      "Content-Type": "text/plain; charset=utf-8",
    });
  if (match[2] === "transcript") {
    const { email } = await readBody(request);
    if (email.endsWith("@full.example")) return send(...problem(429, "1日3回までです。"));
    mock.mails.push(email);
    return send(202, { accepted: true });
  }
  const result = await mock.answer(talk, request.headers["idempotency-key"], await readBody(request));
  if (result === null) request.socket.destroy();
  else send(...result);
}

export async function startMock(port = 0) {
  const mock = new Mock();
  const server = createServer((request, response) => {
    handle(mock, request, response).catch((error) => {
      console.error(error);
      response.destroy();
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
  const { url } = await startMock(Number(process.env.PORT ?? 8090));
  console.log(`mock service: ${url}/?site=store&hours=平日12:00〜17:00`);
}

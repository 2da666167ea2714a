/**
 * A small stand-in for the desk's API, for working on the desk and for its browser tests.
 *
 *   npm run build && npm run mock:desk     → http://127.0.0.1:8091/desk  (mori / demo-mori, hara / demo-hara;
 *   kubo / demo-kubo asks for the code 123456; kanri / demo-kanri manages)
 *
 * Words in an agent's answer: 失敗 fails once, so that a retry succeeds.
 */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import {
  chatList,
  chatRequest,
  chatSearch,
  DeskMock,
  frame,
  inquiryRequest,
  now,
  Refusal,
} from "./desk-mock-chats.mjs";
import { CODE } from "./desk-mock-data.mjs";
import { notificationRequest } from "./desk-mock-notifications.mjs";
import {
  agentRequest,
  cannedRequest,
  open,
  passwordRequest,
  presenceOf,
  totpRequest,
} from "./desk-mock-people.mjs";
import { order, rental, skillRequest, storeNames } from "./desk-mock-skills.mjs";

const WEB = new URL("../../madoguchi/web/", import.meta.url);
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:";

function signIn(mock, body, response) {
  const agent = mock.agents.find((each) => each.login === body.login);
  if (!agent || agent.password !== body.password) throw new Refusal(401, "login_failed");
  if (agent.totp && body.code !== CODE) throw new Refusal(401, "code_needed");
  const token = randomUUID();
  mock.sessions.set(token, { id: randomUUID(), agent });
  response.setHeader("Set-Cookie", `desk_session=${token}; HttpOnly; SameSite=Strict; Path=/desk`);
  return { agent: open(agent) };
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
  if (name === "totp") return totpRequest(agent, id, body);
  if (name === "password") return passwordRequest(mock, agent, body);
  if (name === "agents") return agentRequest(mock, agent, method, id, rest, body);
  if (name === "presence") {
    agent.presence = body.presence;
    mock.tell("presence", presenceOf(mock));
    return {};
  }
  if (name === "chats" && !id) return chatList(mock, agent, url.searchParams);
  const done = name === "chats" && skillRequest(mock, agent, method, url, body, headers);
  if (done) return done;
  if (name === "stores") return storeNames();
  if (name === "chats")
    return chatRequest(mock, agent, method, [id, rest], body, headers, url.searchParams.get("before"));
  if (name === "search") return chatSearch(mock, url.searchParams);
  if (name === "canned") return cannedRequest(mock, agent, method, id, body);
  if (name === "deliveries") return {};
  if (name === "notifications")
    return notificationRequest(mock, agent, method, id, url.searchParams.get("state"));
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
    const picture = typeof body === "string";
    response.setHeader("Content-Type", picture ? "image/svg+xml" : "application/json");
    response.end(picture ? body : JSON.stringify(body));
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
  mock.add("c2", { waiting_since: new Date(Date.now() - 60_000).toISOString(), tags: ["VIP"] });
  for (const chat of mock.chats.values()) chat.things = { orders: [order()], rentals: [rental()] };
  console.log(`mock desk: ${url}/desk`);
}

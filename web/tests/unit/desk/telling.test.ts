import { beforeEach, expect, test, vi } from "vitest";
import { Alerts } from "../../../src/desk/alerts";
import { DeskApi } from "../../../src/desk/api";
import { Live, type LiveHooks } from "../../../src/desk/live";
import { readAgent, readMessage, readPacket } from "../../../src/desk/read";
import { emptyList, initialState, type State, Store } from "../../../src/desk/state";
import { strings } from "../../../src/desk/strings.ja";
import type { Agent } from "../../../src/desk/types";
import { chat } from "./make";

const preferences = { sound: true, notify: true, keys: true };
const me = readAgent({ id: "me", name: "私", presence: "online", chats: 1, capacity: 4 }) as Agent;

class Shown {
  static all: Shown[] = [];
  static permission = "granted";
  onclick: (() => void) | null = null;
  closed = false;
  constructor(
    readonly title: string,
    readonly options: { body: string },
  ) {
    Shown.all.push(this);
  }
  close(): void {
    this.closed = true;
  }
}

const hidden = (is: boolean): void => {
  Object.defineProperty(document, "visibilityState", {
    configurable: true,
    value: is ? "hidden" : "visible",
  });
};

beforeEach(() => {
  Shown.all = [];
  vi.stubGlobal("Notification", Shown);
  hidden(true);
});

const start: State = { ...initialState(preferences, Date.now()), phase: "ready", me };
const fresh = () => new Date().toISOString();
const waiting = (id: string) =>
  chat(id, { waiting_since: fresh(), goal: "秘密の用件", customer: { name: "山田" } });
const given = (...ids: string[]): State => {
  const chats = ids.map((id) => chat(id, { owner: "agent", agent: me, waiting_since: fresh() }));
  return { ...start, lists: { ...start.lists, mine: { ...emptyList, loaded: true, chats } } };
};

test("a notification names no customer and no words of theirs, and leads to the chat", () => {
  const opened: string[] = [];
  const alerts = new Alerts(
    () => undefined,
    (id) => opened.push(id),
    () => undefined,
  );
  alerts.look({ ...start, lists: { ...start.lists, queue: { ...emptyList, loaded: true } } });
  alerts.chat(waiting("c1"), start);
  const [note] = Shown.all;
  expect(note?.title).toBe("お客様がお待ちです");
  expect(JSON.stringify(note)).not.toMatch(/山田|秘密/);
  note?.onclick?.();
  expect(opened).toEqual(["c1"]);
  expect(note?.closed).toBe(true);
});

test("nothing is shown to who is looking at the page, or has not asked for it", () => {
  const alerts = new Alerts(
    () => undefined,
    () => undefined,
    () => undefined,
  );
  alerts.look({ ...start, lists: { ...start.lists, queue: { ...emptyList, loaded: true } } });
  alerts.chat(waiting("c1"), { ...start, preferences: { ...preferences, notify: false } });
  hidden(false);
  alerts.chat(waiting("c2"), start);
  expect(Shown.all).toEqual([]);
});

test("a chat that was given to the agent is told of; one that the agent took is not", () => {
  const said: string[] = [];
  const alerts = new Alerts(
    (text) => said.push(text),
    () => undefined,
    () => undefined,
  );
  alerts.look(given("before"));
  alerts.did("taken");
  alerts.look(given("before", "taken"));
  expect(said).toEqual([]);
  alerts.look(given("before", "taken", "given"));
  expect(said).toHaveLength(1);
  expect(Shown.all.map((each) => each.title)).toEqual(["担当するチャットが入りました"]);
});

test("a chat that the agent put back into the queue is no news to them", () => {
  const said: string[] = [];
  const alerts = new Alerts(
    (text) => said.push(text),
    () => undefined,
    () => undefined,
  );
  alerts.look({ ...start, lists: { ...start.lists, queue: { ...emptyList, loaded: true } } });
  alerts.did("c1");
  alerts.chat(waiting("c1"), start);
  expect(said).toEqual([]);
});

/** What the page does with the events of a stream. */
async function heard(store: Store, ...events: [string, object][]): Promise<unknown[]> {
  const told: unknown[] = [];
  const tell =
    (name: string) =>
    (...data: unknown[]) =>
      void told.push([name, ...data]);
  const names = ["chat", "message", "typing", "hidden", "missed", "gone"] as const;
  const hooks = Object.fromEntries(names.map((name) => [name, tell(name)])) as unknown as LiveHooks;
  const body = events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join("");
  const api = new DeskApi();
  vi.stubGlobal(
    "fetch",
    async () => new Response(body, { headers: { "Content-Type": "text/event-stream" } }),
  );
  const live = new Live(store, api, hooks);
  live.start();
  await vi.waitFor(() => expect(store.state.network).toBe("reconnecting"));
  live.stop();
  return told;
}

test("typing begins and ends, chats go, sessions end: each is told to the page", async () => {
  const told = await heard(
    new Store(start),
    ["typing", { chat_id: "c1", on: true }],
    ["typing", { chat_id: "c1", on: false }],
    ["gone", { chat_id: "c2" }],
    ["hello", { cursor: "5", reload: true }],
    ["signed_out", {}],
    ["something_new", { chat_id: "c1" }],
  );
  expect(told).toEqual([
    ["typing", "c1", true],
    ["typing", "c1", false],
    ["hidden", "c2"],
    ["missed"],
    ["gone"],
  ]);
});

test("presence brings who is there and with how many chats, and keeps what else is known", async () => {
  const store = new Store({
    ...start,
    agents: [me, readAgent({ id: "a2", name: "原", login: "hara" }) as Agent],
  });
  await heard(store, [
    "presence",
    {
      agents: [
        { id: "a2", name: "原", presence: "away", chats: 3, capacity: 5 },
        { id: "me", name: "私", presence: "away", chats: 2, capacity: 4 },
      ],
    },
  ]);
  const [, mate] = store.state.agents;
  expect([mate?.login, mate?.presence, mate?.chats, mate?.capacity]).toEqual(["hara", "away", 3, 5]);
  expect([store.state.me?.presence, store.state.me?.chats]).toEqual(["away", 2]);
});

test("what a message costs is said once it is sent, and never a raw name", () => {
  const delivery = (state: string, counted: number | null) =>
    readMessage({ seq: 1, delivery: { id: 1, state, counted, code: "quota", reason: null } })?.delivery;
  expect(delivery("sent", 0)?.counted).toBe(0);
  expect(delivery("waiting", 0)?.counted).toBeNull();
  expect(delivery("parked", 1)?.reason).toBeNull();
  expect(strings.message.counted(0)).toBe("無料");
  expect(strings.message.counted(2)).toBe("2通カウント");
  expect(strings.message.understanding("", "40%")).toBe("理解: その他 40%");
  const raw = readMessage({ seq: 1, understanding: { intent: "store_receipt", confidence: 0.9 } });
  expect(raw?.understanding?.label).toBe("");
});

test("why a person is wanted is said, by a rule in what matter, and never as a raw name", () => {
  const said = (reason: string | null, matter: string | null) =>
    strings.reason(readPacket({ reason, matter })?.reason ?? "none");
  expect(said("rule", "loss")).toBe("紛失・盗難の届け出");
  expect(said("rule", null)).toBe("担当者の対応が必要");
  expect(said("rule", "new")).toBe("担当者の対応が必要");
  expect(said("customer", null)).toBe("お客様の希望");
});

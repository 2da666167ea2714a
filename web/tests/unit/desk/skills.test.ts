import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeskApi } from "../../../src/desk/api";
import { loadPreferences } from "../../../src/desk/preferences";
import { groupOf, readThings, Skills } from "../../../src/desk/skills";
import { initialState, Store } from "../../../src/desk/state";
import { chat } from "./make";

const THING = {
  kind: "order",
  number: "A-20261103-0042",
  proven: null,
  card: { title: "財布", rows: [], links: [] },
  verdicts: [{ act: "order_cancel", title: "キャンセル", ruling: "yes", label: "できます", reason: "いま" }],
};
const words = { none: (number: string) => `${number} なし`, failed: "失敗" };
const asked: { method: string; path: string; key: string | null; body: unknown }[] = [];
let answers: (() => Response)[] = [];

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

function opened(id = "c1", proven: string[] = []): { skills: Skills; store: Store } {
  const store = new Store(initialState(loadPreferences(), 0));
  const skills = new Skills(store, new DeskApi());
  show(store, id, proven);
  return { skills, store };
}

function show(store: Store, id: string, proven: string[] = []): void {
  const packet = {
    goal: "",
    reason: null,
    identity: { level: "none", memberId: null, proven },
    cards: [],
    tried: [],
    mood: "calm",
    suggestions: [],
  };
  const open = { summary: chat(id), messages: [], notes: [], packet };
  store.set({
    open: { id, phase: "ready", chat: open as never, divider: null, typingUntil: 0, notice: null },
  });
}

beforeEach(() => {
  asked.length = 0;
  answers = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    asked.push({
      method: String(init.method),
      path: path.replace("/desk/api", ""),
      key: headers["Idempotency-Key"] ?? null,
      body: init.body ? JSON.parse(String(init.body)) : null,
    });
    if (init.method === "POST") return answers.shift()?.() ?? json({ text: "済みました。" });
    return json({ things: path.includes("/orders") ? [THING] : [], more: 0 });
  });
});
afterEach(() => vi.unstubAllGlobals());

test("a written number belongs to the system that knows it", () => {
  expect(groupOf("A-20261103-0042")).toBe("orders");
  expect(groupOf("ａ２０２６１１０３００４２")).toBe("orders");
  expect(groupOf("R-000123")).toBe("rentals");
  expect(groupOf("000123")).toBe("rentals");
  expect(groupOf("1002045871")).toBe("products");
  expect(groupOf("ｖ-000123")).toBe("visits");
});

test("what is no thing is left out, and what is missing does no harm", () => {
  expect(readThings({ things: [{ kind: "ship" }, null, { ...THING, verdicts: [{}] }] })).toHaveLength(1);
  expect(readThings(null)).toEqual([]);
});

test("an opened chat asks each system once, and again when something was proven", async () => {
  const { skills, store } = opened();
  await vi.waitFor(() => expect(skills.groups.orders.phase).toBe("ready"));
  expect(asked.map((each) => each.path)).toEqual([
    "/chats/c1/orders",
    "/chats/c1/rentals",
    "/chats/c1/visits",
  ]);
  show(store, "c1");
  await Promise.resolve();
  expect(asked).toHaveLength(3);
  show(store, "c1", ["A-20261103-0042"]);
  await vi.waitFor(() => expect(asked).toHaveLength(6));
});

test("one system that is away leaves the others shown", async () => {
  const fetched = globalThis.fetch;
  vi.stubGlobal("fetch", (path: string, init: RequestInit) =>
    path.includes("/rentals") ? Promise.resolve(json({}, 503)) : fetched(path, init),
  );
  const { skills } = opened();
  await vi.waitFor(() => expect(skills.groups.rentals.phase).toBe("failed"));
  await vi.waitFor(() => expect(skills.groups.orders.things).toHaveLength(1));
});

test("what was asked for one chat is not shown in the next", async () => {
  const { skills, store } = opened();
  await vi.waitFor(() => expect(skills.groups.orders.phase).toBe("ready"));
  await skills.find("A-20261103-0042", words);
  expect(skills.found).toHaveLength(1);
  const late = skills.find("A-20261103-0042", words);
  show(store, "c2");
  await late;
  expect(skills.found).toEqual([]);
});

const CANCEL = { act: "order_cancel", subject: "A-20261103-0042", inquiry: false, said: {} };

test("a deed whose outcome is not known is repeated with the same key, a settled one is not", async () => {
  const { skills } = opened();
  await vi.waitFor(() => expect(skills.groups.orders.phase).toBe("ready"));
  answers = [() => json({ code: "change_unknown", detail: "不明です" }, 503)];
  expect(await skills.do(CANCEL, "途切れました")).toBe("不明です");
  expect(await skills.do(CANCEL, "途切れました")).toBeNull();
  expect(skills.result?.text).toBe("済みました。");
  expect(await skills.do(CANCEL, "途切れました")).toBeNull();
  const keys = asked.filter((each) => each.method === "POST").map((each) => each.key);
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[1]);
});

test("a refused deed says the rule, and the verdicts are asked for anew", async () => {
  const { skills } = opened();
  await vi.waitFor(() => expect(skills.groups.visits.phase).toBe("ready"));
  const before = asked.length;
  answers = [() => json({ code: "rule_refused", detail: "出荷の準備に入っています。" }, 409)];
  expect(await skills.do(CANCEL, "")).toBe("出荷の準備に入っています。");
  expect(skills.result).toBeNull();
  await vi.waitFor(() => expect(asked.length).toBe(before + 4));
});

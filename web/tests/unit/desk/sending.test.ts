import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeskApi, type DeskError } from "../../../src/desk/api";
import { drafts } from "../../../src/desk/drafts";
import { Sending } from "../../../src/desk/sending";
import { initialState, Store } from "../../../src/desk/state";
import { strings } from "../../../src/desk/strings.ja";
import type { DeskMessage } from "../../../src/desk/types";
import { message, NOW } from "./make";

type Sent = { text: string; key: string };

let asked: Sent[];
let answers: (() => Promise<Response>)[];
let arrived: string[];
let returned: [string, string][];
let store: Store;
let sending: Sending;

const problem = (status: number, body: object) => async () => new Response(JSON.stringify(body), { status });
const done = () =>
  vi.waitFor(() => expect(store.state.unsent.some((each) => each.status === "sending")).toBe(false));
const states = () => store.state.unsent.map((each) => [each.text, each.status]);

beforeEach(() => {
  window.sessionStorage.clear();
  asked = [];
  answers = [];
  arrived = [];
  returned = [];
  store = new Store(initialState({ sound: true, notify: false, keys: true }, NOW));
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    const { text } = JSON.parse(String(init.body)) as { text: string };
    asked.push({ text, key: headers["Idempotency-Key"] ?? "" });
    const answer = answers.shift();
    if (answer) return answer();
    const body = { message: { seq: asked.length, from: "agent", text, at: "" } };
    return new Response(JSON.stringify(body), { status: 200 });
  });
  sending = new Sending(store, new DeskApi(), {
    arrived: (_chat, message: DeskMessage) => arrived.push(message.text),
    returned: (_chat, text, error: DeskError) => returned.push([text, error.code]),
  });
});
afterEach(() => vi.unstubAllGlobals());

test("answers of a chat go out one after another, in order", async () => {
  sending.add("c", "一");
  sending.add("c", "二");
  await done();
  expect(arrived).toEqual(["一", "二"]);
  expect(store.state.unsent).toEqual([]);
});

test("what stands behind a failed one waits with it; another chat's does not", async () => {
  answers.push(problem(503, {}));
  sending.add("c", "一");
  sending.add("c", "二");
  sending.add("d", "別");
  await done();
  expect(states()).toEqual([
    ["一", "failed"],
    ["二", "failed"],
  ]);
  expect(arrived).toEqual(["別"]);
});

test("every try has the same key, another answer another one", async () => {
  answers.push(async () => Promise.reject(new TypeError("no network")));
  sending.add("c", "一");
  await done();
  expect(store.state.unsent[0]?.error).toBe(strings.unsent.network);
  sending.retry(store.state.unsent[0]?.key ?? "");
  await done();
  sending.add("c", "二");
  await done();
  const [first, again, other] = asked.map((each) => each.key);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect(arrived).toEqual(["一", "二"]);
});

test.each(["not_owner", "nobody_s", "placeholder_empty"])(
  "%s: the text goes back to the box",
  async (code) => {
    answers.push(problem(code === "placeholder_empty" ? 422 : 409, { code }));
    sending.add("c", "一");
    await done();
    expect(returned).toEqual([["一", code]]);
    expect(store.state.unsent).toEqual([]);
  },
);

test("what the stream confirms has not failed, whatever its request says afterwards", async () => {
  let fail: () => void = () => undefined;
  answers.push(
    () =>
      new Promise((_, reject) => {
        fail = () => reject(new TypeError("cut"));
      }),
  );
  sending.add("c", "一");
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  sending.confirmed(message(1, { from: "agent", client_id: asked[0]?.key }));
  fail();
  await done();
  expect(store.state.unsent).toEqual([]);
});

test("a page that ends in the middle keeps the answer and its key for the next", async () => {
  answers.push(() => new Promise(() => undefined));
  sending.add("c", "一");
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  expect(drafts.unsent()).toMatchObject([{ key: asked[0]?.key, text: "一", status: "failed" }]);
  sending.restore();
  expect(store.state.unsent[0]?.error).toBe(strings.unsent.unknown);
  expect(sending.remove(asked[0]?.key ?? "")).toBe("一");
  expect(drafts.unsent()).toEqual([]);
});

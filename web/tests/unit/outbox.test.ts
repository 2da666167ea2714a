import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../src/shared/api-error";
import { Outbox } from "../../src/widget/outbox";
import { type Pending, Store } from "../../src/widget/state";
import { strings } from "../../src/widget/strings.ja";
import { Typing } from "../../src/widget/typing";

let store: Store;
let sent: { text: string; key: string }[];
let results: (number | null | ApiError)[];
let gone: number;
let outbox: Outbox;

beforeEach(() => {
  vi.useFakeTimers();
  store = new Store();
  sent = [];
  results = [];
  gone = 0;
  outbox = new Outbox(store, {
    ready: async () => undefined,
    post: async (item: Pending) => {
      sent.push({ text: item.text, key: item.clientId });
      await new Promise((done) => setTimeout(done, 10));
      const result = results.shift() ?? null;
      if (result instanceof ApiError) throw result;
      return result;
    },
    started: () => undefined,
    stopped: () => undefined,
    gone: () => {
      gone += 1;
    },
  });
});
afterEach(() => vi.useRealTimers());

const status = () => store.state.pending.map((item) => item.status);

test("one after another, in order, each with a key of its own", async () => {
  for (const text of ["一", "二", "三"]) outbox.add(text, null);
  expect(sent.map((each) => each.text)).toEqual([]);
  await vi.advanceTimersByTimeAsync(5);
  expect(sent.map((each) => each.text)).toEqual(["一"]);
  expect(status()).toEqual(["sending", "queued", "queued"]);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent.map((each) => each.text)).toEqual(["一", "二", "三"]);
  expect(status()).toEqual(["sent", "sent", "sent"]);
  expect(new Set(sent.map((each) => each.key)).size).toBe(3);
});

test("a failed one stops those behind it; the retry uses the same key and takes them along", async () => {
  results = [new ApiError(500)];
  outbox.add("一", null);
  outbox.add("二", null);
  await vi.advanceTimersByTimeAsync(100);
  expect(status()).toEqual(["failed", "failed"]);
  expect(store.state.pending[0]?.error).toBe(strings.failed.server);
  expect(store.state.pending[1]?.blocked).toBe(true);
  outbox.retry(store.state.pending[0]?.clientId as string);
  await vi.advanceTimersByTimeAsync(100);
  expect(status()).toEqual(["sent", "sent"]);
  expect(sent.map((each) => each.text)).toEqual(["一", "一", "二"]);
  expect(sent[0]?.key).toBe(sent[1]?.key);
});

test("no network: once more quietly, then the customer is told", async () => {
  results = [new ApiError(0), new ApiError(0)];
  outbox.add("一", null);
  await vi.advanceTimersByTimeAsync(2000);
  expect(sent).toHaveLength(2);
  expect(store.state.pending[0]).toMatchObject({
    status: "failed",
    error: strings.failed.network,
    retryable: true,
  });
});

test("too many: not before the time that the service names", async () => {
  results = [new ApiError(429, null, 12)];
  outbox.add("一", null);
  await vi.advanceTimersByTimeAsync(100);
  const { clientId, error } = store.state.pending[0] as Pending;
  expect(error).toBe(strings.failed.busy(12));
  outbox.retry(clientId);
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(8000);
  expect(store.state.pending[0]).toMatchObject({ retryAt: null, error: strings.failed.busyOver });
  outbox.retry(clientId);
  await vi.advanceTimersByTimeAsync(100);
  expect(status()).toEqual(["sent"]);
});

test("a refused one says why in the service's words and does not hold up the next", async () => {
  results = [new ApiError(422, "長すぎます。")];
  outbox.add("一", null);
  outbox.add("二", null);
  await vi.advanceTimersByTimeAsync(100);
  expect(status()).toEqual(["failed", "sent"]);
  expect(store.state.pending[0]).toMatchObject({ error: "長すぎます。", retryable: false });
});

test("gone is told once", async () => {
  results = [new ApiError(404)];
  outbox.add("一", null);
  await vi.advanceTimersByTimeAsync(100);
  expect(gone).toBe(1);
});

test("one that the stream confirmed meanwhile has not failed", async () => {
  results = [new ApiError(500)];
  outbox.add("一", null);
  await vi.advanceTimersByTimeAsync(5);
  store.set({ pending: [] });
  await vi.advanceTimersByTimeAsync(100);
  expect(store.state.pending).toEqual([]);
});

test("typing comes within 300 ms and ends after 30 s at the latest", async () => {
  const typing = new Typing(store);
  typing.expect();
  await vi.advanceTimersByTimeAsync(290);
  expect(store.state.typing).toBe("bot");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(store.state.typing).toBeNull();
  store.set({ owner: { owner: "agent", agent: "佐藤", waiting: null } });
  typing.expect();
  await vi.advanceTimersByTimeAsync(500);
  expect(store.state.typing).toBeNull();
});

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../src/shared/api-error";
import { EventStream } from "../../src/shared/stream";

type Answer = Response | ApiError;

let answers: (() => Answer)[];
let calls: number[];
let heard: string[];
let pipes: ReadableStreamDefaultController<Uint8Array>[];
let stream: EventStream;

const body = (): Response =>
  ({
    body: new ReadableStream<Uint8Array>({ start: (controller) => void pipes.push(controller) }),
  }) as Response;
const send = (text: string) => pipes.at(-1)?.enqueue(new TextEncoder().encode(text));

beforeEach(() => {
  vi.useFakeTimers();
  answers = [];
  calls = [];
  heard = [];
  pipes = [];
  stream = new EventStream({
    connect: async () => {
      calls.push(Date.now());
      const answer = (answers.shift() ?? body)();
      if (answer instanceof ApiError) throw answer;
      return answer;
    },
    event: (event) => heard.push(event.data),
    up: () => heard.push("up"),
    down: () => heard.push("down"),
    gone: () => heard.push("gone"),
  });
});
afterEach(() => {
  stream.stop();
  vi.useRealTimers();
});

test("events come through, also cut in pieces", async () => {
  stream.start();
  await vi.advanceTimersByTimeAsync(1);
  send("data: 一つ");
  send("目\n\ndata: 二つ目\n\n");
  await vi.advanceTimersByTimeAsync(1);
  expect(heard).toEqual(["up", "一つ目", "二つ目"]);
});

test("forty seconds without even a keep-alive: connected anew", async () => {
  stream.start();
  await vi.advanceTimersByTimeAsync(30_000);
  send(": keep-alive\n\n");
  await vi.advanceTimersByTimeAsync(39_000);
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(calls).toHaveLength(2);
  expect(heard).toEqual(["up", "down", "up"]);
});

test("failures: growing pauses, then at once when asked", async () => {
  answers = Array.from({ length: 20 }, () => () => new ApiError(0));
  stream.start();
  await vi.advanceTimersByTimeAsync(60_000);
  const gaps = calls.slice(1).map((at, i) => at - (calls[i] as number));
  expect(calls.length).toBeGreaterThan(4);
  expect(calls.length).toBeLessThan(12);
  gaps.slice(0, 4).forEach((gap, i) => {
    expect(gap).toBeGreaterThanOrEqual(500 * 2 ** i);
    expect(gap).toBeLessThanOrEqual(1000 * 2 ** i);
  });
  const before = calls.length;
  stream.reconnect();
  expect(calls).toHaveLength(before + 1);
});

test("the service's Retry-After is kept", async () => {
  answers = [() => new ApiError(503, null, 20)];
  stream.start();
  await vi.advanceTimersByTimeAsync(19_000);
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(calls).toHaveLength(2);
});

test("a conversation that is gone ends it", async () => {
  answers = [() => new ApiError(404)];
  stream.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toEqual(["gone"]);
  expect(calls).toHaveLength(1);
  expect(stream.active).toBe(false);
});

test("once stopped, nothing more is heard or tried", async () => {
  stream.start();
  await vi.advanceTimersByTimeAsync(1);
  stream.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(calls).toHaveLength(1);
  expect(heard).toEqual(["up"]);
});

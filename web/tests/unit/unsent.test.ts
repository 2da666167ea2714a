import { beforeEach, expect, test } from "vitest";
import type { Pending } from "../../src/widget/state";
import { strings } from "../../src/widget/strings.ja";
import { keepUnsent, unsentOf } from "../../src/widget/unsent";

const item = (clientId: string, more: Partial<Pending> = {}): Pending => ({
  clientId,
  text: `文 ${clientId}`,
  choice: null,
  at: "2026-12-01T12:00:00Z",
  status: "queued",
  before: null,
  error: null,
  retryable: true,
  retryAt: null,
  blocked: false,
  ...more,
});

beforeEach(() => window.sessionStorage.clear());

test("what has not gone out is there again, with its key, to be sent again", () => {
  keepUnsent("k", "c", [
    item("sent", { status: "sent" }),
    item("failed", { status: "failed", error: "だめ" }),
    item("tap", { status: "sending", choice: "x", about: 3 }),
    item("file", { file: new File(["a"], "a.png") }),
  ]);
  const left = unsentOf("k", "c");
  expect(left.map((each) => [each.clientId, each.choice, each.about])).toEqual([
    ["failed", null, undefined],
    ["tap", "x", 3],
  ]);
  expect(left.every((each) => each.status === "failed" && each.retryable)).toBe(true);
  expect(left[0]?.error).toBe(strings.failed.left);
});

test("it belongs to its conversation, and is gone when everything has gone out", () => {
  keepUnsent("k", "c", [item("a")]);
  expect(unsentOf("k", "other")).toEqual([]);
  expect(unsentOf("else", "c")).toEqual([]);
  keepUnsent("k", "c", [item("a", { status: "sent" })]);
  expect(unsentOf("k", "c")).toEqual([]);
});

test("what somebody else wrote into the storage is not believed", () => {
  for (const text of ["", "{", "null", "[]", '{"conversation":"c","kept":[{"text":1}]}']) {
    window.sessionStorage.setItem("k:unsent", text);
    expect(unsentOf("k", "c")).toEqual([]);
  }
});

import { beforeEach, expect, test } from "vitest";
import type { DeskApi } from "../../../src/desk/api";
import { Attaching, MOST } from "../../../src/desk/attaching";
import { loadPreferences } from "../../../src/desk/preferences";
import { initialState, Store } from "../../../src/desk/state";
import { ApiError } from "../../../src/shared/api-error";

let store: Store;
let dropped: string[];
let uploads: { name: string; done: (id: string) => void; fail: (error: unknown) => void }[];
let attaching: Attaching;

const file = (name: string, size = 10): File => new File([new Uint8Array(size)], name, { type: "image/png" });
const settled = () => new Promise((done) => setTimeout(done));
const names = () => attaching.of("c").map((each) => [each.name, each.id, each.error]);

beforeEach(() => {
  store = new Store(initialState(loadPreferences(), 0));
  dropped = [];
  uploads = [];
  const api = {
    upload: (_chat: string, { name }: File) =>
      new Promise<string>((done, fail) => uploads.push({ name, done, fail })),
    dropFile: async (_chat: string, id: string) => void dropped.push(id),
  };
  attaching = new Attaching(store, api as unknown as DeskApi);
});

test("files are uploaded one after the other and taken by one message", async () => {
  expect(attaching.add("c", [file("a.png"), file("b.png")])).toBe("");
  await settled();
  expect(uploads.map((each) => each.name)).toEqual(["a.png"]);
  uploads[0]?.done("1");
  await settled();
  expect(attaching.ready("c")).toBe(false);
  uploads[1]?.done("2");
  await settled();
  expect(attaching.ready("c")).toBe(true);
  expect(attaching.ready("d")).toBe(false);
  expect(attaching.take("c")).toEqual([
    { id: "1", name: "a.png" },
    { id: "2", name: "b.png" },
  ]);
  expect(attaching.of("c")).toEqual([]);
});

test("one that is taken off is dropped at the service, also when it arrives only then", async () => {
  attaching.add("c", [file("a.png"), file("b.png")]);
  await settled();
  attaching.remove(attaching.of("c")[0]?.key ?? "");
  uploads[0]?.done("1");
  await settled();
  uploads[1]?.done("2");
  await settled();
  attaching.remove(attaching.of("c")[0]?.key ?? "");
  await settled();
  expect(dropped).toEqual(["1", "2"]);
  expect(attaching.of("c")).toEqual([]);
});

test("what was refused says so and keeps the others", async () => {
  attaching.add("c", [file("a.png"), file("b.png")]);
  await settled();
  uploads[0]?.fail(new ApiError(422, "この種類のファイルは添付できません。"));
  await settled();
  uploads[1]?.done("2");
  await settled();
  expect(names()).toEqual([
    ["a.png", null, "この種類のファイルは添付できません。"],
    ["b.png", "2", null],
  ]);
  expect(attaching.ready("c")).toBe(false);
});

test("an empty file and one too many are not tried", async () => {
  expect(attaching.add("c", [file("empty.png", 0)])).toBe("");
  expect(attaching.of("c")[0]?.error).toContain("空");
  const more = Array.from({ length: MOST }, (_, n) => file(`${n}.png`));
  expect(attaching.add("c", more)).toContain(String(MOST));
  await settled();
  expect(attaching.of("c")).toHaveLength(MOST);
  expect(uploads).toHaveLength(1);
});

test("files of a message that came back wait for the next one", () => {
  attaching.giveBack("c", [{ id: "1", name: "a.png" }]);
  expect(attaching.ready("c")).toBe(true);
  expect(attaching.take("c")).toEqual([{ id: "1", name: "a.png" }]);
});

import { describe, expect, test } from "vitest";
import { belongs, neighbour, withChange, withChat, without, withPage } from "../../../src/desk/lists";
import { type ChatList, emptyList, initialState, type State } from "../../../src/desk/state";
import { chat, NOW } from "./make";

const loaded = (chats: ReturnType<typeof chat>[], next: string | null = null): ChatList => ({
  ...emptyList,
  chats,
  next,
  loaded: true,
});
const ids = (list: ChatList) => list.chats.map((each) => each.id);
const at = (minute: number) => new Date(NOW - minute * 60_000).toISOString();

describe("which list a chat is in", () => {
  const mine = chat("c", { owner: "agent", agent: { id: "me", name: "私" } });
  const held = chat("c", {
    owner: "agent",
    agent: { id: "me", name: "私" },
    snoozed_until: "2026-12-01T04:00:00Z",
  });
  test.each([
    ["queue", chat("c"), true],
    ["queue", mine, false],
    ["mine", mine, true],
    ["mine", chat("c", { owner: "agent", agent: { id: "other", name: "" } }), false],
    ["mine", held, false],
    ["snoozed", held, true],
    ["snoozed", mine, false],
    ["open", mine, true],
    ["open", chat("c", { owner: "closed" }), false],
    ["open", chat("c", { owner: "bot" }), null],
    ["closed", chat("c", { owner: "closed" }), true],
  ] as const)("%s", (view, summary, expected) => {
    expect(belongs(view, summary, "me", NOW)).toBe(expected);
  });

  test("a hold that is over is none", () => {
    expect(belongs("snoozed", held, "me", NOW + 2 * 3600_000)).toBe(false);
    expect(belongs("mine", held, "me", NOW + 2 * 3600_000)).toBe(true);
  });
});

describe("a change of one chat", () => {
  test("who has waited longest stands first", () => {
    const list = loaded([chat("a", { waiting_since: at(9) }), chat("c", { waiting_since: at(3) })]);
    expect(ids(withChat(list, "queue", chat("b", { waiting_since: at(5) }), "me", NOW))).toEqual([
      "a",
      "b",
      "c",
    ]);
  });

  test("what sorts behind the loaded part of a longer list stays out of it", () => {
    const list = loaded([chat("a", { waiting_since: at(9) })], "1");
    const added = withChat(list, "queue", chat("b", { waiting_since: at(1) }), "me", NOW);
    expect(ids(added)).toEqual(["a"]);
  });

  test("what has left a list leaves it, what was never in it changes nothing", () => {
    const list = loaded([chat("a")]);
    expect(ids(withChat(list, "queue", chat("a", { owner: "closed" }), "me", NOW))).toEqual([]);
    expect(withChat(list, "queue", chat("b", { owner: "closed" }), "me", NOW)).toBe(list);
  });

  test("a list that nobody has opened stays unloaded", () => {
    expect(withChat(emptyList, "queue", chat("a"), "me", NOW)).toBe(emptyList);
  });

  test("search results keep their order and are brought up to date", () => {
    const start = initialState({ sound: true, notify: false, keys: true }, NOW);
    const state: State = { ...start, lists: { ...start.lists, search: loaded([chat("x"), chat("a")]) } };
    const lists = withChange(state, chat("a", { goal: "新しい用件" }));
    expect(lists.search.chats.map((each) => [each.id, each.goal])).toEqual([
      ["x", null],
      ["a", "新しい用件"],
    ]);
  });
});

test("a further page adds what is new, a first page replaces", () => {
  const list = loaded([chat("a"), chat("b")], "2");
  expect(ids(withPage(list, [chat("b"), chat("c")], null, false))).toEqual(["a", "b", "c"]);
  expect(ids(withPage(list, [chat("c")], null, true))).toEqual(["c"]);
});

test("moving stops at both ends and begins at the top", () => {
  const list = loaded([chat("a"), chat("b")]);
  expect(neighbour(list, null, 1)).toBe("a");
  expect(neighbour(list, "a", 1)).toBe("b");
  expect(neighbour(list, "b", 1)).toBe("b");
  expect(neighbour(list, "a", -1)).toBe("a");
  expect(neighbour(loaded([]), "a", 1)).toBeNull();
});

test("with a tag chosen, only chats that have it come into the lists", () => {
  const state = { ...initialState({ sound: false, notify: false, keys: true }, NOW), tag: "VIP" };
  state.lists = { ...state.lists, queue: { ...state.lists.queue, loaded: true } };
  const vip = chat("c1", { tags: ["VIP"] });
  state.lists = withChange(state, vip);
  state.lists = withChange(state, chat("c2", { tags: ["急ぎ"] }));
  expect(state.lists.queue.chats.map((each) => each.id)).toEqual(["c1"]);
  expect(withChange(state, { ...vip, tags: [] }).queue.chats).toEqual([]);
});

test("a chat that may not be seen any more is in no list", () => {
  const state = initialState({ sound: false, notify: false, keys: true }, NOW);
  const chats = [chat("c1"), chat("c2")];
  state.lists = {
    ...state.lists,
    queue: { ...state.lists.queue, chats },
    search: { ...state.lists.search, chats },
  };
  const lists = without(state, "c1");
  expect(Object.values(lists).flatMap((list) => list.chats.map((each) => each.id))).toEqual(["c2", "c2"]);
});

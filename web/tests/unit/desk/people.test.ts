import { expect, test } from "vitest";
import { listed, matches, wrongWith } from "../../../src/desk/canned";
import { byPresence, isFull, named, receivers } from "../../../src/desk/people";
import { readAgent } from "../../../src/desk/read";
import { people } from "../../../src/desk/strings.people.ja";
import type { Agent, Canned } from "../../../src/desk/types";

const agent = (name: string, more: Record<string, unknown> = {}): Agent =>
  readAgent({ id: name, name, login: name, presence: "online", chats: 0, capacity: 4, ...more }) as Agent;
const names = (agents: Agent[]): string[] => agents.map((each) => each.name);

test("who is there and free stands first, then who is full, then who is away", () => {
  const all = [
    agent("off", { presence: "offline" }),
    agent("away", { presence: "away" }),
    agent("full", { chats: 1, capacity: 1 }),
    agent("busy", { chats: 3 }),
    agent("free", { chats: 2 }),
  ];
  expect(names(byPresence(all))).toEqual(["free", "busy", "full", "away", "off"]);
});

test("a chat can be given to whoever is there, not to who has it, an auditor or someone who left", () => {
  const all = [
    agent("me"),
    agent("mate"),
    agent("looks", { role: "auditor" }),
    agent("off", { presence: "offline" }),
  ];
  expect(names(receivers(all, "me"))).toEqual(["mate"]);
});

test("an agent is full at the capacity; one of whom nothing is known is not", () => {
  expect(isFull(agent("a", { chats: 4 }))).toBe(true);
  expect(isFull(agent("a", { chats: 3 }))).toBe(false);
  expect(isFull(agent("a", { chats: undefined }))).toBe(false);
  expect(people.load(2, 4)).toBe("2/4件");
  expect(people.load(null, 4)).toBe("");
});

test("names are found in wide letters, capitals and without the space between", () => {
  const all = [agent("森 あかり", { login: "mori" }), agent("原 健太", { login: "hara" })];
  expect(names(named(all, "森あか"))).toEqual(["森 あかり"]);
  expect(names(named(all, "ＭＯＲＩ"))).toEqual(["森 あかり"]);
  expect(names(named(all, ""))).toHaveLength(2);
});

const canned = (more: Partial<Canned> = {}): Canned => ({
  id: "1",
  shortcut: "henpin",
  title: "返品",
  text: "返品の期限は{{期限}}です。",
  site: null,
  ...more,
});

test("a shortcut that nobody could type, or that another answer has, is refused in a sentence", () => {
  for (const shortcut of ["", "へんぴん", "a b", "A", "x".repeat(41)])
    expect(wrongWith(canned({ shortcut }), [])).toBe(people.canned.shortcutWrong);
  expect(wrongWith(canned({ id: "" }), [canned()])).toBe(people.canned.shortcutTaken);
  expect(wrongWith(canned(), [canned()])).toBeNull();
  expect(wrongWith(canned({ title: "" }), [])).toBe(people.canned.nameWrong);
  expect(wrongWith(canned({ text: "" }), [])).toBe(people.canned.textWrong);
});

test("answers are found by any of their words, and by the site that they are for", () => {
  expect(matches(canned(), "期限", null)).toBe(true);
  expect(matches(canned(), "ＨＥＮ", "rental")).toBe(true);
  expect(matches(canned({ site: "store" }), "", "rental")).toBe(false);
  expect(listed([canned({ shortcut: "b" }), canned({ shortcut: "a" })]).map((each) => each.shortcut)).toEqual(
    ["a", "b"],
  );
});

import { afterEach, expect, test } from "vitest";
import { Alerts } from "../../../src/desk/alerts";
import { drafts } from "../../../src/desk/drafts";
import { readAgent, readCard, readChat, readMessage, readPacket, readSummary } from "../../../src/desk/read";
import {
  dividerOf,
  emptyList,
  initialState,
  listsOf,
  mayAct,
  mergeMessages,
  type State,
} from "../../../src/desk/state";
import { rowsOf } from "../../../src/desk/transcript";
import type { Agent } from "../../../src/desk/types";
import { chat, message, NOW } from "./make";

afterEach(() => window.sessionStorage.clear());

const preferences = { sound: true, notify: false, keys: true };

test("each message once, in order; the later copy knows more", () => {
  const known = [message(1), message(3)];
  const merged = mergeMessages(known, [message(3, { withdrawn: true }), message(2)]);
  expect(merged.map((each) => [each.seq, each.withdrawn])).toEqual([
    [1, false],
    [2, false],
    [3, true],
  ]);
});

test("the divider stands before the unread ones of the customer", () => {
  const messages = [
    message(1),
    message(2, { from: "bot" }),
    message(3),
    message(4, { from: "bot" }),
    message(5),
  ];
  expect(dividerOf(messages, 2)).toBe(3);
  expect(dividerOf(messages, 9)).toBe(1);
  expect(dividerOf(messages, 0)).toBeNull();
});

test("the transcript groups speakers, and shows days, notes and what is on its way where they belong", () => {
  const unsent = [{ key: "k", chat: "c", text: "x", status: "sending", error: null }] as const;
  const note = { id: "1", agent: "森", text: "メモ", at: new Date(NOW + 2500).toISOString() };
  const messages = [message(1), message(2), message(3), message(4, { from: "agent" })];
  const rows = rowsOf({ messages, notes: [note] }, unsent, 2, new Date(NOW));
  expect(rows.map((row) => (row.type === "message" && row.first ? `${row.key}*` : row.key))).toEqual([
    "d:2026-12-01",
    "m:1*",
    "divider",
    "m:2*",
    "n:1",
    "m:3*",
    "m:4*",
    "u:k",
  ]);
});

test("drafts are kept for each chat and kind; signing out forgets them and nothing else", () => {
  window.sessionStorage.setItem("other", "stays");
  drafts.set("reply", "c1", "返信");
  drafts.set("note", "c1", "メモ");
  expect([drafts.get("reply", "c1"), drafts.get("note", "c1"), drafts.get("reply", "c2")]).toEqual([
    "返信",
    "メモ",
    "",
  ]);
  drafts.forget();
  expect(drafts.get("reply", "c1")).toBe("");
  expect(window.sessionStorage.getItem("other")).toBe("stays");
});

test("drafts outlast a sign-in of the same agent, and no other one reads them", () => {
  drafts.belongTo("a1");
  drafts.set("reply", "c1", "書きかけ");
  drafts.belongTo("a1");
  expect(drafts.get("reply", "c1")).toBe("書きかけ");
  drafts.belongTo("a2");
  expect(drafts.get("reply", "c1")).toBe("");
});

test("what was on its way comes back as not sent, under the same key; broken storage is nothing", () => {
  const item = { key: "k", chat: "c", text: "x", error: null, files: [] };
  drafts.keepUnsent([{ ...item, status: "sending" }]);
  expect(drafts.unsent()).toEqual([{ ...item, status: "failed" }]);
  window.sessionStorage.setItem("madoguchi:desk:1:unsent", "[null, 3, {}]");
  expect(drafts.unsent()).toEqual([]);
  window.sessionStorage.setItem("madoguchi:desk:1:unsent", "{");
  expect(drafts.unsent()).toEqual([]);
});

test("whatever comes over the wire is read without harm", () => {
  for (const value of [null, 3, "x", [], {}, { id: {} }, { seq: "1" }]) {
    expect(readSummary(value)).toBeNull();
    expect(readMessage(value)).toBeNull();
    expect(readChat(value)).toBeNull();
  }
  expect(readSummary({ id: "c", owner: "x", unread: -3, tags: [1, null, "a"], customer: 5 })).toMatchObject({
    owner: "bot",
    unread: 0,
    tags: ["1", "a"],
    customer: { name: null },
  });
  expect(
    readCard({ rows: [{ label: "a", value: 3, tone: "evil" }], verdicts: [{ label: "b", tone: "bad" }] }),
  ).toMatchObject({
    rows: [
      { label: "a", value: "3", tone: null },
      { label: "b", value: "", tone: "bad" },
    ],
  });
  expect(readPacket({})).toMatchObject({ goal: "", mood: "calm", cards: [], suggestions: [] });
});

test("who may not read every chat is not offered the lists of them", () => {
  const me = (actions: string[]): Agent | null => readAgent({ id: "a", actions });
  expect(listsOf(me(["read", "work"]))).toEqual(["queue", "mine", "snoozed"]);
  expect(listsOf(me(["read", "read_all"]))).toEqual(["queue", "mine", "open", "snoozed", "closed"]);
});

test("an auditor may look and not act", () => {
  const agent = (role: string) => readAgent({ id: "a", role });
  expect(["agent", "lead", "admin", "auditor"].map((role) => mayAct(agent(role)))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(mayAct(null)).toBe(false);
});

test("only who comes into the queue is told of, once; who was there before is not", () => {
  const said: string[] = [];
  let sounds = 0;
  const alerts = new Alerts(
    (text) => said.push(text),
    () => undefined,
    () => {
      sounds += 1;
    },
  );
  const now = new Date().toISOString();
  const me = readAgent({ id: "me", role: "agent", presence: "online" }) as Agent;
  const start: State = { ...initialState(preferences, Date.now()), phase: "ready", me };
  const queue = (...ids: string[]): State => {
    const chats = ids.map((id) => chat(id, { waiting_since: now, customer: { name: id } }));
    return { ...start, lists: { ...start.lists, queue: { ...emptyList, loaded: true, chats } } };
  };
  alerts.look(queue("before"));
  alerts.look(queue("before", "new"));
  alerts.chat(chat("new", { waiting_since: now }), start);
  expect(said).toEqual(["新しいお待ちのお客様: new、お客様の希望"]);
  // long waiting, only heard of now: the next page of a long queue
  alerts.chat(chat("old", { waiting_since: "2020-01-01T00:00:00Z" }), start);
  expect(sounds).toBe(1);
  // taken and back in the queue: new again
  alerts.chat(chat("new", { owner: "agent" }), start);
  alerts.chat(chat("new", { waiting_since: now }), { ...start, me: { ...me, presence: "away" } });
  expect([said.length, sounds]).toEqual([2, 1]);
});

test("the first customer in an empty queue is told of", () => {
  const said: string[] = [];
  const alerts = new Alerts(
    (text) => said.push(text),
    () => undefined,
    () => undefined,
  );
  const start: State = { ...initialState(preferences, Date.now()), phase: "ready" };
  alerts.look({ ...start, lists: { ...start.lists, queue: { ...emptyList, loaded: true } } });
  alerts.chat(chat("new", { waiting_since: new Date().toISOString() }), start);
  expect(said).toHaveLength(1);
});

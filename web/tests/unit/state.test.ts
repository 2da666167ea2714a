import { describe, expect, test } from "vitest";
import { Cursor } from "../../src/widget/cursor";
import {
  activeChoices,
  items,
  mergeMessages,
  type Pending,
  type State,
  Store,
  takenChoice,
  unread,
  withoutConfirmed,
} from "../../src/widget/state";
import { type Message, readMessage } from "../../src/widget/types";
import { rows } from "../../src/widget/view/rows";

const at = new Date().toISOString();
const message = (seq: number, from: string, more: object = {}) =>
  readMessage({ seq, from, text: `${from}${seq}`, at, ...more }) as Message;
const pending = (clientId: string, more: Partial<Pending> = {}): Pending => ({
  clientId,
  text: clientId,
  choice: null,
  at,
  status: "sending",
  before: null,
  error: null,
  retryable: true,
  retryAt: null,
  blocked: false,
  ...more,
});
const state = (more: Partial<State>): State => ({ ...new Store().state, phase: "ready", ...more });
const choices = [
  { id: "x", title: "エックス" },
  { id: "y", title: "ワイ" },
];

describe("messages", () => {
  test("each seq once, in order, and the same list when nothing is new", () => {
    const list = mergeMessages(
      [message(2, "bot")],
      [message(3, "bot"), message(1, "bot"), message(3, "bot")],
    );
    expect(list.map((each) => each.seq)).toEqual([1, 2, 3]);
    expect(mergeMessages(list, [message(2, "bot")])).toBe(list);
  });

  test("an optimistic one leaves when the stream confirms it", () => {
    const confirmed = [message(5, "customer", { client_id: "k" })];
    expect(withoutConfirmed([pending("k"), pending("l")], confirmed).map((each) => each.clientId)).toEqual([
      "l",
    ]);
  });

  test("a sent one stands before its reply, the others at the end", () => {
    const list = items({
      messages: [message(1, "bot"), message(3, "bot")],
      pending: [pending("a", { before: 3, status: "sent" }), pending("b"), pending("c")],
    });
    expect(list.map((each) => each.key)).toEqual(["s:1", "c:a", "s:3", "c:b", "c:c"]);
  });

  test("the row keeps its key when it is confirmed", () => {
    const before = items({ messages: [], pending: [pending("k")] });
    const after = items({ messages: [message(1, "customer", { client_id: "k" })], pending: [] });
    expect(after[0]?.key).toBe(before[0]?.key);
  });

  test("unread: others' messages after the last seen", () => {
    const messages = [message(1, "bot"), message(2, "customer"), message(3, "agent"), message(4, "system")];
    expect(unread({ messages, seen: 1 })).toBe(2);
  });
});

describe("choices", () => {
  const ask = message(1, "bot", { choices });

  test("only the latest may be taken, and only until it is answered", () => {
    expect(activeChoices({ messages: [ask], pending: [] })).toBe(1);
    expect(activeChoices({ messages: [ask, message(2, "bot")], pending: [] })).toBe(1);
    expect(activeChoices({ messages: [ask, message(2, "bot", { choices })], pending: [] })).toBe(2);
    expect(activeChoices({ messages: [ask, message(2, "customer")], pending: [] })).toBeNull();
    expect(activeChoices({ messages: [ask, message(2, "agent")], pending: [] })).toBeNull();
    expect(activeChoices({ messages: [ask], pending: [pending("p")] })).toBeNull();
    expect(activeChoices({ messages: [ask], pending: [pending("p", { status: "failed" })] })).toBe(1);
  });

  test("the taken one is known by what was said next", () => {
    const answer = message(2, "customer", { text: "ワイ" });
    expect(takenChoice({ messages: [ask, answer], pending: [] }, ask)).toBe("y");
    expect(takenChoice({ messages: [ask], pending: [pending("p", { text: "エックス" })] }, ask)).toBe("x");
    expect(takenChoice({ messages: [ask], pending: [] }, ask)).toBeNull();
  });
});

describe("holes in the stream", () => {
  const none = () => false;

  test("none when messages follow each other", () => {
    const cursor = new Cursor(1);
    expect([2, 3, 3, 1].map((seq) => cursor.advance(seq, none))).toEqual([false, false, false, false]);
    expect(cursor.value).toBe(3);
  });

  test("one is asked for again from the last good place, once", () => {
    const cursor = new Cursor(2);
    expect(cursor.advance(5, none)).toBe(true);
    expect(cursor.value).toBe(2);
    expect(cursor.advance(5, none)).toBe(false);
    expect(cursor.value).toBe(5);
  });

  test("what came with an answer is no hole", () => {
    const cursor = new Cursor(2);
    expect(cursor.advance(5, (seq) => seq === 3 || seq === 4)).toBe(false);
    expect(cursor.value).toBe(5);
  });

  test("a service that numbers with gaps is not asked for ever", () => {
    const cursor = new Cursor(0);
    let asked = 0;
    for (let seq = 10; seq < 300; seq += 10) while (cursor.advance(seq, none)) asked += 1;
    expect(asked).toBe(3);
  });
});

describe("rows", () => {
  const shape = (given: State) =>
    rows(given).map((row) => (row.type === "message" ? `${row.from}${row.name ? "+" : ""}` : row.type));

  test("grouped by speaker, the name once", () => {
    const messages = [message(1, "bot"), message(2, "bot"), message(3, "customer"), message(4, "bot")];
    expect(shape(state({ messages }))).toEqual(["bot+", "bot", "customer", "bot+"]);
  });

  test("new-message divider, typing, closed", () => {
    const messages = [message(1, "bot"), message(2, "bot")];
    const owner = { owner: "closed", agent: null, waiting: null } as const;
    expect(shape(state({ messages, divider: 2, typing: "bot", owner }))).toEqual([
      "bot+",
      "divider",
      "bot+",
      "closed",
      "typing",
    ]);
  });

  test("days are named unless everything is of today", () => {
    const old = { at: "2026-01-05T03:00:00Z" };
    expect(shape(state({ messages: [message(1, "bot", old), message(2, "bot")] }))).toEqual([
      "day",
      "bot+",
      "day",
      "bot+",
    ]);
    expect(shape(state({ messages: [message(1, "bot")] }))).toEqual(["bot+"]);
  });

  test("read stands at the customer's last message that was read", () => {
    const messages = [message(1, "customer"), message(2, "customer"), message(3, "customer")];
    const read = rows(state({ messages, readByShop: 2 })).map((row) => row.type === "message" && row.read);
    expect(read).toEqual([false, true, false]);
  });
});

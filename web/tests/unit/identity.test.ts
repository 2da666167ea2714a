import { describe, expect, test } from "vitest";
import { identityAsked } from "../../src/widget/identity";
import { Store } from "../../src/widget/state";
import { type Message, readMessage } from "../../src/widget/types";
import { rows } from "../../src/widget/view/rows";

const at = new Date().toISOString();
const say = (seq: number, from: string, act: string | null, kind = "notice") =>
  readMessage({ seq, from, text: `${seq}`, act, kind, at }) as Message;
const ask = (seq: number) => say(seq, "system", "identify", "ask");
const held = { owner: "agent", agent: "佐藤", waiting: null } as const;
const asked = (messages: Message[], owner: "agent" | "bot" | "queue" = "agent") =>
  identityAsked({ messages, owner: { ...held, owner } });

describe("proving an order to an agent", () => {
  test("the fields are below the newest message that asks, whatever was said since", () => {
    expect(asked([])).toBeNull();
    expect(asked([ask(1)])).toBe(1);
    expect(asked([ask(1), say(2, "agent", null, "answer"), say(3, "customer", null)])).toBe(1);
    expect(asked([ask(1), say(2, "customer", "identify_sent"), ask(3)])).toBe(3);
  });

  test("and gone once it is done, the chat has gone back, or is nobody's", () => {
    expect(asked([ask(1), say(2, "system", "identify_done")])).toBeNull();
    expect(asked([ask(1), say(2, "system", null, "handoff")])).toBeNull();
    expect(asked([ask(1)], "bot")).toBeNull();
    expect(asked([ask(1)], "queue")).toBeNull();
  });

  test("nobody but the service can ask", () => {
    expect(asked([say(1, "agent", "identify", "ask"), say(2, "customer", "identify", "ask")])).toBeNull();
  });

  test("one row has the fields, and it is said by nobody in person", () => {
    const messages = [ask(1), say(2, "customer", "identify_sent"), ask(3)];
    const shown = rows({ ...new Store().state, phase: "ready", messages, owner: held });
    expect(shown.flatMap((row) => (row.type === "message" ? [[row.from, row.identity]] : []))).toEqual([
      ["bot", false],
      ["customer", false],
      ["bot", true],
    ]);
  });
});

import { describe, expect, test } from "vitest";
import { bodyOf, type Pending, type State, Store } from "../../src/widget/state";
import { type Message, readMessage } from "../../src/widget/types";
import { rows } from "../../src/widget/view/rows";

const at = new Date().toISOString();
const titles = ["5 とても良かった", "4 良かった", "1 良くなかった"];
const say = (seq: number, from: string, text: string, act: string | null, choices: string[] = []) =>
  readMessage({
    seq,
    from,
    text,
    act,
    at,
    choices: choices.map((title) => ({ id: `${seq}:${title}`, title })),
  }) as Message;
const question = (seq: number) => say(seq, "system", "いかがでしたか。", "rating", titles);
const thanks = (seq: number) =>
  say(seq, "system", "ありがとうございます。", "rating_thanks", ["ひとこと書く"]);
const tap = (seq: number, text: string) => say(seq, "customer", text, "rating");
const shown = (messages: Message[], more: Partial<State> = {}) =>
  rows({ ...new Store().state, phase: "ready", messages, ...more }).flatMap((row) =>
    row.type === "message"
      ? [
          {
            from: row.from,
            active: row.choices?.active ?? null,
            taken: row.choices?.taken?.slice(2) ?? null,
            word: row.word,
          },
        ]
      : [],
  );

describe("how satisfied the customer was", () => {
  test("is asked by nobody in person, with scores that can be tapped", () => {
    expect(shown([question(1)])).toEqual([{ from: "bot", active: true, taken: null, word: null }]);
  });

  test("a score can be changed: the last one is the taken one", () => {
    const [first] = shown([
      question(1),
      tap(2, titles[1] as string),
      thanks(3),
      tap(4, titles[0] as string),
      thanks(5),
    ]);
    expect(first).toMatchObject({ active: true, taken: titles[0] });
  });

  test("the word has a field in place of its choice, as long as nothing was said since", () => {
    const messages = [question(1), tap(2, titles[0] as string), thanks(3)];
    expect(shown(messages)[2]).toEqual({ from: "bot", active: null, taken: null, word: 3 });
    const later = [...messages, say(4, "customer", "送料は", null)];
    expect(shown(later)[2]?.word).toBeNull();
  });

  test("a word with its score counts for the score", () => {
    const [first] = shown([question(1), tap(2, `${titles[2]}\n返事が遅い`)]);
    expect(first).toMatchObject({ active: true, taken: titles[2] });
  });

  test.each([
    ["a new question", say(2, "customer", "送料は", null)],
    ["an agent's message", say(2, "agent", "承ります", null)],
    ["another question for a score", question(2)],
  ])("after %s it is over", (_name, next) => {
    expect(shown([question(1), next])[0]).toMatchObject({ active: false, taken: null });
  });

  test("nothing else can be tapped while a tap is on its way", () => {
    const pending = { clientId: "k", text: titles[0], choice: "x", status: "sending", before: null };
    const [first] = shown([question(1)], { pending: [pending as Pending] });
    expect(first).toMatchObject({ active: false, taken: titles[0] });
  });

  test("a word goes where ratings go, with the message that asked for it", () => {
    const word = { text: "親切でした", choice: null, about: 3 } as Pending;
    expect(bodyOf(word)).toEqual({ word: "親切でした", message: 3 });
  });
});

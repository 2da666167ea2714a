import { describe, expect, test } from "vitest";
import { asked, matching } from "../../../src/desk/canned";
import { filled, nextPlace, places } from "../../../src/desk/placeholders";
import type { Canned } from "../../../src/desk/types";

describe("places to fill in", () => {
  test("both kinds are found, in order, with their names", () => {
    expect(places("{{期限}}までに〔 返送先 〕へ")).toEqual([
      { start: 0, end: 6, name: "期限" },
      { start: 9, end: 16, name: "返送先" },
    ]);
  });

  test("an empty place is one, single braces and brackets are not", () => {
    expect(places("{{}}〔〕").map((each) => each.name)).toEqual(["", ""]);
    expect(places("{a} [b] 「c」")).toEqual([]);
  });

  test("the next place goes on from the caret and begins again at the top", () => {
    const text = "{{a}} {{b}}";
    expect(nextPlace(text, 1)?.name).toBe("b");
    expect(nextPlace(text, 9)?.name).toBe("a");
    expect(nextPlace("なし")).toBeNull();
  });

  test("known names are filled as text, unknown and empty ones stay open", () => {
    const known = { お客様名: "$& 佐藤", 担当者名: null };
    expect(filled("{{お客様名}}様、{{担当者名}}です。{{constructor}}", known)).toBe(
      "$& 佐藤様、{{担当者名}}です。{{constructor}}",
    );
  });
});

describe("canned answers", () => {
  test.each([
    [";hen", { start: 0, end: 4, words: "hen" }],
    ["はい。 ;", { start: 4, end: 5, words: "" }],
    ["はい\n；返品", { start: 3, end: 6, words: "返品" }],
    ["a;b", null],
    ["; x", null],
  ])("%j", (text, expected) => {
    expect(asked(text, text.length)).toEqual(expected);
  });

  test("only what stands before the caret counts", () => {
    expect(asked(";hen pin", 4)?.words).toBe("hen");
    expect(asked(";hen pin", 8)).toBeNull();
  });

  const canned = (shortcut: string, title: string, site: string | null = null): Canned => ({
    id: shortcut,
    shortcut,
    title,
    text: "",
    site,
  });
  const all = [canned("xhen", "変更"), canned("hen", "返品"), canned("rent", "返却", "rental")];

  test("a shortcut's beginning comes before a match inside it, whatever its width", () => {
    expect(matching(all, "ＨＥＮ", null).map((each) => each.shortcut)).toEqual(["hen", "xhen"]);
  });

  test("titles match too, another site's answers are left out", () => {
    expect(matching(all, "返", "store").map((each) => each.shortcut)).toEqual(["hen"]);
    expect(matching(all, "返", "rental").map((each) => each.shortcut)).toEqual(["hen", "rent"]);
  });
});

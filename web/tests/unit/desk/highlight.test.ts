import { expect, test } from "vitest";
import { pieces } from "../../../src/desk/highlight";
import { splitPlaces } from "../../../src/desk/placeholders";

const found = (text: string, words: string): string[] =>
  pieces(text, words)
    .filter((piece) => piece.found)
    .map((piece) => piece.text);

test("the pieces are the whole text, whatever is searched", () => {
  const texts = ["", "返品したい", "🎁ギフト🎁", "㍿と㌔", "<b>返品</b>", "ﾊﾞｯｸﾞ"];
  for (const text of texts)
    for (const words of ["", " ", "返", "ぎふと", "株式", "<b>", "🎁", "バ", "(", "\\"])
      expect(
        pieces(text, words)
          .map((piece) => piece.text)
          .join(""),
      ).toBe(text);
});

test("words are found whichever way they are written", () => {
  expect(found("注文Ａ－１００です", "a-100")).toEqual(["Ａ－１００"]);
  expect(found("バッグの傷", "ばっぐ 傷")).toEqual(["バッグ", "傷"]);
  expect(found("VIPとvip", "ｖｉｐ")).toEqual(["VIP", "vip"]);
  expect(found("🎁ギフト", "🎁")).toEqual(["🎁"]);
});

test("what is not there, and nothing, is not found", () => {
  expect(found("返品したい", "交換")).toEqual([]);
  expect(found("返品したい", "")).toEqual([]);
});

test("a text's open places stand apart, in order", () => {
  expect(splitPlaces("{{お名前}}様、〔期限〕まで")).toEqual([
    { text: "{{お名前}}", place: true },
    { text: "様、", place: false },
    { text: "〔期限〕", place: true },
    { text: "まで", place: false },
  ]);
  expect(splitPlaces("")).toEqual([]);
});

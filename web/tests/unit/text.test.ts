import { describe, expect, test } from "vitest";
import { accentTokens, contrast, parseColor, type Rgb } from "../../src/design/color";
import { counter, EnterKey, length, sendable } from "../../src/shared/composer-text";
import { linkify, safeImage, safeUrl } from "../../src/shared/linkify";
import { textNodes } from "../../src/widget/view/message";

const links = (text: string) =>
  linkify(text)
    .filter((piece) => piece.href)
    .map((piece) => [piece.text, piece.href]);

describe("links in text", () => {
  test("an address ends where Japanese begins", () => {
    expect(links("詳しくはhttps://example.com/a?b=1&c=2をご覧ください。")).toEqual([
      ["https://example.com/a?b=1&c=2", "https://example.com/a?b=1&c=2"],
    ]);
  });

  test("marks at the end and an outer bracket stay text", () => {
    expect(links("(https://example.com/a).")[0]?.[0]).toBe("https://example.com/a");
    expect(links("https://example.com/a_(b)")[0]?.[0]).toBe("https://example.com/a_(b)");
  });

  test("mail and telephone", () => {
    expect(links("customer@10keiya.jpまで")).toEqual([["customer@10keiya.jp", "mailto:customer@10keiya.jp"]]);
    expect(links("電話0120-778-407へ")).toEqual([["0120-778-407", "tel:0120778407"]]);
    expect(links("(03) 1234-5678")).toEqual([["(03) 1234-5678", "tel:0312345678"]]);
    expect(links("090-1234-5678")).toEqual([["090-1234-5678", "tel:09012345678"]]);
  });

  test("numbers of things are no telephone numbers", () => {
    for (const text of [
      "商品番号1002045871",
      "0102045871",
      "A-20261118-0042",
      "2026-12-01",
      "1-0120-778-4075",
      "03-12-345",
    ])
      expect(links(text)).toEqual([]);
  });

  test("nothing is lost", () => {
    const text = "あ https://a.jp/、b@c.jp 0120-778-407。\n<b>い</b>";
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });

  test("only http, https, mail and telephone; text is never markup", () => {
    for (const url of [
      "javascript:alert(1)",
      " JavaScript:alert(1)",
      "data:text/html,x",
      "vbscript:x",
      "file:///etc",
    ])
      expect(safeUrl(url)).toBeNull();
    expect(safeUrl("/orders/1", "https://shop.jp/a")).toBe("https://shop.jp/orders/1");
    expect(safeImage("data:image/svg+xml;base64,AAAA")).toBeNull();
    expect(safeImage("javascript:1")).toBeNull();
    expect(safeImage("mailto:a@b.jp")).toBeNull();
    const box = document.createElement("div");
    box.append(...textNodes('<img src=x onerror="x()"> https://a.jp/"onclick="x'));
    expect(box.querySelector("img")).toBeNull();
    expect(box.querySelectorAll("a")).toHaveLength(1);
    expect(box.querySelector("a")?.rel).toBe("noopener noreferrer");
    expect(box.querySelector("a")?.target).toBe("_blank");
  });
});

describe("the text field", () => {
  const key = (more: object) =>
    ({
      key: "Enter",
      shiftKey: false,
      isComposing: false,
      keyCode: 13,
      timeStamp: 1000,
      ...more,
    }) as KeyboardEvent;

  test("Enter sends, Shift+Enter does not", () => {
    expect(new EnterKey().sends(key({}))).toBe(true);
    expect(new EnterKey().sends(key({ shiftKey: true }))).toBe(false);
    expect(new EnterKey().sends(key({ key: "a" }))).toBe(false);
  });

  test("never while composing, whatever the browser says", () => {
    expect(new EnterKey().sends(key({ isComposing: true }))).toBe(false);
    expect(new EnterKey().sends(key({ keyCode: 229 }))).toBe(false);
    const enter = new EnterKey();
    enter.start();
    expect(enter.sends(key({}))).toBe(false);
  });

  test("Safari: the end of the composition comes before its Enter", () => {
    const enter = new EnterKey();
    enter.start();
    enter.end(999);
    expect(enter.sends(key({ timeStamp: 1000 }))).toBe(false);
    expect(enter.sends(key({ timeStamp: 1300 }))).toBe(true);
  });

  test("counts people's characters, near the limit only", () => {
    expect(length("👜あ")).toBe(2);
    expect(counter("あ".repeat(4499))).toEqual({ kind: "none" });
    expect(counter("あ".repeat(4500))).toEqual({ kind: "left", count: 500 });
    expect(counter("👜".repeat(5000))).toEqual({ kind: "left", count: 0 });
    expect(counter("あ".repeat(5002))).toEqual({ kind: "over", count: 2 });
    expect(sendable(" \n ")).toBe(false);
    expect(sendable("あ".repeat(5001))).toBe(false);
    expect(sendable(`${"あ".repeat(5000)}\n`)).toBe(true);
  });
});

describe("the accent", () => {
  const of = (hex: string) => parseColor(hex) as Rgb;

  test("text on it and text in it can be read whatever the colour", () => {
    const steps = ["00", "33", "66", "80", "99", "cc", "ff"];
    for (const r of steps)
      for (const g of steps)
        for (const b of steps) {
          const color = `#${r}${g}${b}`;
          const tokens = accentTokens(color);
          expect(tokens.accent).toBe(color);
          expect(contrast(of(tokens.onAccent), of(color)), color).toBeGreaterThanOrEqual(4.5);
          for (const light of ["#ffffff", "#f1f1f3"])
            expect(contrast(of(tokens.textLight), of(light)), color).toBeGreaterThanOrEqual(4.5);
          for (const dark of ["#1c1c20", "#29292f"])
            expect(contrast(of(tokens.textDark), of(dark)), color).toBeGreaterThanOrEqual(4.5);
        }
  });

  test("what is no colour is the default", () => {
    for (const value of [null, "", "red; x", "#12", "url(x)"])
      expect(accentTokens(value).accent).toBe("#8a1c3b");
    expect(accentTokens("#fff").accent).toBe("#ffffff");
  });
});

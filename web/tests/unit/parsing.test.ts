import { describe, expect, test } from "vitest";
import { japaneseDetail, retryAfterSeconds } from "../../src/shared/api-error";
import { SseParser } from "../../src/shared/sse";
import { pause } from "../../src/shared/stream";
import { memberOf, readConfig, storageKey } from "../../src/widget/config";
import { parseStored } from "../../src/widget/storage";
import { dayText, timeText } from "../../src/widget/strings.ja";
import { readCard, readMessage, readOwnerInfo } from "../../src/widget/types";

const jwt = (claims: object) => {
  const bytes = new TextEncoder().encode(JSON.stringify(claims));
  const body = btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
  return `h.${body}.s`;
};

describe("the script tag", () => {
  const src = "https://chat.example.jp/widget.js";

  test("everything but the site is optional", () => {
    const config = readConfig({ src, dataset: { site: "rental" } }, "https://shop.example.jp");
    expect(config).toEqual({
      site: "rental",
      name: null,
      color: null,
      identity: null,
      api: "https://chat.example.jp",
      label: null,
      hours: null,
    });
  });

  test("an unknown or absent site is null, an API base loses its last slash", () => {
    expect(readConfig({ src, dataset: { site: "x" } }, "https://a.jp").site).toBeNull();
    expect(readConfig({ src, dataset: {} }, "https://a.jp").site).toBeNull();
    expect(readConfig({ src, dataset: { api: "https://b.jp/chat/" } }, "https://a.jp").api).toBe(
      "https://b.jp/chat",
    );
    expect(readConfig(null, "https://a.jp").api).toBe("https://a.jp");
  });

  test("chats are kept apart by site and member", () => {
    const member = jwt({ sub: "会員-1", name: "佐藤" });
    expect(memberOf(member)).toBe("会員-1");
    expect(storageKey("store", member)).toBe("madoguchi:1:store:member:会員-1");
    expect(storageKey("store", jwt({ sub: "anonymous" }))).not.toBe(storageKey("store", null));
    for (const broken of [null, "", "x", "a.b.c", "a.e30.c"]) expect(memberOf(broken)).toBeNull();
  });
});

describe("server-sent events", () => {
  const parse = (...chunks: string[]) => {
    const events: unknown[] = [];
    const parser = new SseParser((event) => events.push([event.event, event.data, event.id]));
    for (const chunk of chunks) parser.push(chunk);
    return events;
  };
  const text = 'event: message\nid: 3\ndata: {"a":1}\n\n: keep-alive\n\ndata: x\ndata:  y\n\n';
  const expected = [
    ["message", '{"a":1}', "3"],
    ["message", "x\n y", null],
  ];

  test("whole, byte by byte, and with every line end", () => {
    expect(parse(text)).toEqual(expected);
    expect(parse(...text)).toEqual(expected);
    expect(parse(...text.replaceAll("\n", "\r\n"))).toEqual(expected);
    expect(parse(text.replaceAll("\n", "\r\n"))).toEqual(expected);
  });

  test("an unfinished event is not given out", () => {
    expect(parse("event: typing\ndata: {}\n")).toEqual([]);
  });

  test("an event without data is nothing, and its name does not stick", () => {
    expect(parse("event: typing\n\ndata: 1\n\n")).toEqual([["message", "1", null]]);
  });
});

describe("what the service sends", () => {
  test("a message with little in it", () => {
    expect(readMessage({ seq: 4, from: "bot", text: "はい" })).toMatchObject({
      choices: [],
      card: null,
      at: "",
    });
    expect(readMessage({ seq: "4" })).toBeNull();
    expect(readMessage(null)).toBeNull();
  });

  test("choices without an id or a title are left out", () => {
    const choices = [{ id: "a", title: "A" }, { id: "b" }, null, { title: "c" }];
    expect(readMessage({ seq: 1, choices })?.choices).toEqual([{ id: "a", title: "A" }]);
  });

  test("cards ignore what they do not know", () => {
    const card = readCard({
      title: "箱",
      state: { label: "発送済み", tone: "shiny" },
      rows: [{ label: "数", value: 2 }],
      x: 1,
    });
    expect(card).toEqual({
      title: "箱",
      state: { label: "発送済み", tone: "info" },
      image: null,
      rows: [{ label: "数", value: "2" }],
      links: [],
    });
  });

  test("owners", () => {
    const info = readOwnerInfo({ owner: "agent", agent: { name: "佐藤" }, waiting: null });
    expect(info).toEqual({ owner: "agent", agent: "佐藤", waiting: null });
    expect(readOwnerInfo({ owner: "ghost" })).toBeNull();
  });

  test("details are shown only in Japanese, Retry-After is a number or a date", () => {
    expect(japaneseDetail({ detail: "混み合っています。" })).toBe("混み合っています。");
    expect(japaneseDetail({ detail: "Internal error" })).toBeNull();
    expect(japaneseDetail(null)).toBeNull();
    expect(retryAfterSeconds("12")).toBe(12);
    expect(retryAfterSeconds("Thu, 01 Jan 2026 00:00:30 GMT", Date.parse("2026-01-01T00:00:00Z"))).toBe(30);
    expect(retryAfterSeconds("soon")).toBeNull();
    expect(retryAfterSeconds(null)).toBeNull();
  });
});

test("pauses between connections grow, vary and stay bounded", () => {
  expect(pause(0, 0)).toBe(500);
  expect(pause(0, 1)).toBe(1000);
  expect(pause(3, 1)).toBe(8000);
  expect(pause(50, 1)).toBe(30_000);
});

test("a broken stored conversation is none", () => {
  for (const text of [null, "", "{", "null", '{"id":1}']) expect(parseStored(text)).toBeNull();
  expect(parseStored('{"id":"a","token":"b"}')).toEqual({ id: "a", token: "b", seen: 0, active: 0 });
});

test("times are Japan's", () => {
  expect(timeText("2026-12-01T05:05:00Z")).toBe("14:05");
  expect(dayText("2026-11-30T16:00:00Z", new Date("2026-12-09T00:00:00Z"))).toBe("12月1日(火)");
  expect(dayText("2026-12-08T16:00:00Z", new Date("2026-12-09T00:00:00Z"))).toBe("今日");
  expect(timeText("")).toBe("");
});

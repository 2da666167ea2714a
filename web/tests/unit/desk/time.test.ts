import { expect, test } from "vitest";
import {
  dayText,
  fromTokyo,
  momentText,
  secondsSince,
  tokyoLocal,
  tomorrowMorning,
  urgency,
  waitingText,
} from "../../../src/desk/time";
import { NOW } from "./make";

test.each([
  [0, "0秒"],
  [59, "59秒"],
  [60, "1分"],
  [3599, "59分"],
  [3600, "1時間"],
  [3900, "1時間5分"],
  [86_399, "23時間59分"],
  [86_400, "1日"],
])("%i seconds of waiting are 「%s」", (seconds, text) => {
  expect(waitingText(seconds)).toBe(text);
});

test("three minutes are long, ten too long", () => {
  expect([179, 180, 599, 600].map(urgency)).toEqual(["fresh", "late", "late", "overdue"]);
});

test("a moment to come has waited nothing, no moment is none", () => {
  expect(secondsSince("2026-12-01T02:59:00Z", NOW)).toBe(60);
  expect(secondsSince("2026-12-01T03:01:00Z", NOW)).toBe(0);
  expect(secondsSince(null, NOW)).toBeNull();
  expect(secondsSince("nonsense", NOW)).toBeNull();
});

test("days and moments are Japan's, today is left out", () => {
  const now = new Date("2026-11-30T15:30:00Z");
  expect(dayText("2026-11-30T15:00:00Z", now)).toBe("今日");
  expect(dayText("2026-11-30T14:59:00Z", now)).toBe("11月30日(月)");
  expect(momentText("2026-11-30T14:59:00Z", now)).toBe("11月30日(月) 23:59");
  expect(momentText("2026-11-30T15:05:00Z", now)).toBe("0:05");
  expect(momentText("", now)).toBe("");
});

test("a date field's moment is Japan's, there and back; what is no moment is refused", () => {
  expect(fromTokyo("2026-12-01T09:00")).toBe("2026-12-01T00:00:00.000Z");
  expect(tokyoLocal(Date.parse("2026-12-01T00:00:00Z"))).toBe("2026-12-01T09:00");
  expect(fromTokyo("2026-02-30T09:00")).toBeNull();
  expect(fromTokyo("")).toBeNull();
});

test("tomorrow at nine is tomorrow in Japan, also late in the evening elsewhere", () => {
  expect(tomorrowMorning(Date.parse("2026-12-31T14:00:00Z"))).toBe("2027-01-01T09:00");
  expect(tomorrowMorning(Date.parse("2026-12-31T15:00:00Z"))).toBe("2027-01-02T09:00");
});

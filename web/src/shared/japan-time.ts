/** Moments as people in Japan read them; "" for what is no moment. */

const ZONE = "Asia/Tokyo";
const clock = new Intl.DateTimeFormat("ja-JP", { timeZone: ZONE, hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat("ja-JP", {
  timeZone: ZONE,
  month: "long",
  day: "numeric",
  weekday: "short",
});
const dayKey = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE });

/** The moment, or null for what is none. */
export function moment(at: string | null): Date | null {
  const parsed = new Date(at ?? "");
  return Number.isNaN(parsed.getTime()) ? null : parsed;
}

/** 「14:05」. */
export function timeText(at: string): string {
  const parsed = moment(at);
  return parsed ? clock.format(parsed) : "";
}

/** The day as `2026-12-01`. */
export function dayId(at: string): string {
  const parsed = moment(at);
  return parsed ? dayKey.format(parsed) : "";
}

/** 「12月1日(火)」, or 「今日」. */
export function dayText(at: string, now = new Date()): string {
  const parsed = moment(at);
  if (!parsed) return "";
  return dayKey.format(parsed) === dayKey.format(now) ? "今日" : day.format(parsed);
}

/** 「12月1日(火) 14:05」; today only the time. */
export function momentText(at: string, now = new Date()): string {
  const parsed = moment(at);
  if (!parsed) return "";
  const time = clock.format(parsed);
  return dayKey.format(parsed) === dayKey.format(now) ? time : `${day.format(parsed)} ${time}`;
}

/** Times as agents read them, in Japan. */

import { moment } from "../shared/japan-time";

export { dayId, dayText, momentText, timeText } from "../shared/japan-time";

/** How long since a moment, in whole seconds; 0 for one to come, null without a moment. */
export function secondsSince(at: string | null, now: number): number | null {
  const parsed = moment(at);
  return parsed ? Math.max(0, Math.floor((now - parsed.getTime()) / 1000)) : null;
}

/** 「42秒」「12分」「1時間5分」「2日」: short, so that it can be the loudest thing in a row. */
export function waitingText(seconds: number): string {
  if (seconds < 60) return `${seconds}秒`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}分`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)}日`;
  return minutes % 60 ? `${hours}時間${minutes % 60}分` : `${hours}時間`;
}

export type Urgency = "fresh" | "late" | "overdue";

/** From three minutes a wait is long, from ten too long. */
export function urgency(seconds: number): Urgency {
  if (seconds >= 600) return "overdue";
  return seconds >= 180 ? "late" : "fresh";
}

/** The moment of a date and time in Japan (`2026-12-01T09:00`), as the API wants it; null for no such moment. */
export function fromTokyo(local: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local)) return null;
  const parsed = moment(`${local}:00+09:00`);
  return parsed && tokyoLocal(parsed.getTime()) === local ? parsed.toISOString() : null;
}

/** A moment as a date and time field in Japan shows it. Japan has had no summer time since 1951. */
export function tokyoLocal(ms: number): string {
  return new Date(ms + 9 * 3600_000).toISOString().slice(0, 16);
}

/** Tomorrow at nine in Japan, for the field's first value. */
export function tomorrowMorning(now: number): string {
  return `${tokyoLocal(now + 24 * 3600_000).slice(0, 10)}T09:00`;
}

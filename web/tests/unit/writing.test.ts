import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Writing } from "../../src/widget/writing";

describe("telling that the customer is writing", () => {
  let told: boolean[];
  let writing: Writing;

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
    told = [];
    writing = new Writing((on) => told.push(on));
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("tells at the first letter, and again only after three seconds", () => {
    writing.changed("あ");
    writing.changed("あの");
    vi.advanceTimersByTime(2900);
    writing.changed("あのう");
    expect(told).toEqual([true]);
    vi.advanceTimersByTime(200);
    writing.changed("あのう、");
    expect(told).toEqual([true, true]);
  });

  it("tells when nothing was written for a while", () => {
    writing.changed("あ");
    vi.advanceTimersByTime(4999);
    expect(told).toEqual([true]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual([true, false]);
  });

  it("tells at once when the field is empty, which it is after sending", () => {
    writing.changed("あ");
    writing.changed(" ");
    writing.changed("");
    expect(told).toEqual([true, false]);
  });

  it("tells nothing of an empty field", () => {
    writing.changed("");
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([]);
  });
});

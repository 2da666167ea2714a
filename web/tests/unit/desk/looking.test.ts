import { beforeEach, expect, test, vi } from "vitest";
import { DeskApi } from "../../../src/desk/api";
import { Looking, lookersOf } from "../../../src/desk/looking";
import { readAgent } from "../../../src/desk/read";
import { initialState, type OpenChat, Store } from "../../../src/desk/state";
import type { Agent } from "../../../src/desk/types";
import { NOW } from "./make";

const me = readAgent({ id: "me", name: "私", role: "agent" }) as Agent;
const suzuki = { id: "suzuki", name: "鈴木 一郎" };

class Told extends DeskApi {
  readonly said: string[] = [];
  override async looking(id: string, on: boolean, writes: boolean): Promise<void> {
    this.said.push(`${id} ${on ? "on" : "off"}${writes ? " writes" : ""}`);
  }
}

const opened = (id: string): OpenChat => ({
  id,
  phase: "ready",
  chat: null,
  divider: null,
  typingUntil: 0,
  notice: null,
});

let store: Store;
let api: Told;
let looking: Looking;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  Object.defineProperty(document, "visibilityState", { configurable: true, value: "visible" });
  const preferences = { sound: false, notify: false, keys: true };
  store = new Store({ ...initialState(preferences, NOW), phase: "ready", me });
  api = new Told();
  looking = new Looking(store, api);
  looking.start();
});

const names = (chat = "c1"): string[] =>
  lookersOf(store.state.lookers, [suzuki], chat, Date.now()).map(
    (each) => each.name + (each.writes ? "…" : ""),
  );

const show = async (id: string | null): Promise<void> => {
  store.set({ open: id ? opened(id) : null });
  await vi.advanceTimersByTimeAsync(0);
};

test("colleagues are told which chat is open, again every ten seconds, and when it is not", async () => {
  await show("c1");
  await vi.advanceTimersByTimeAsync(10_000);
  await show("c2");
  expect(api.said).toEqual(["c1 on", "c1 on", "c1 off", "c2 on"]);
});

test("a page that nobody looks at says so", async () => {
  await show("c1");
  Object.defineProperty(document, "visibilityState", { configurable: true, value: "hidden" });
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(api.said).toEqual(["c1 on", "c1 off"]);
});

test("an auditor looks without being seen", async () => {
  store.set({ me: { ...me, role: "auditor" } });
  await show("c1");
  expect(api.said).toEqual([]);
});

test("a colleague whose browser died is forgotten", () => {
  looking.heard("c1", "suzuki", true, false);
  expect(names()).toEqual(["鈴木 一郎"]);
  vi.setSystemTime(NOW + 26_000);
  expect(names()).toEqual([]);
});

test("a colleague who stops looking is gone at once, and stands in no other chat", () => {
  looking.heard("c1", "suzuki", true, false);
  expect(names("c2")).toEqual([]);
  looking.heard("c1", "suzuki", false, false);
  expect(names()).toEqual([]);
});

test("a colleague who writes is shown writing for some seconds, and looking afterwards", () => {
  looking.heard("c1", "suzuki", true, true);
  expect(names()).toEqual(["鈴木 一郎…"]);
  vi.setSystemTime(NOW + 7000);
  looking.heard("c1", "suzuki", true, false);
  expect(names()).toEqual(["鈴木 一郎"]);
});

test("who has just come is answered once, so that both know of each other", async () => {
  await show("c1");
  looking.heard("c1", "suzuki", true, false);
  looking.heard("c1", "suzuki", true, false);
  expect(api.said).toEqual(["c1 on", "c1 on"]);
});

test("writing is said at most every three seconds", async () => {
  await show("c1");
  looking.writes();
  looking.writes();
  vi.setSystemTime(NOW + 3000);
  looking.writes();
  expect(api.said).toEqual(["c1 on", "c1 on writes", "c1 on writes"]);
});

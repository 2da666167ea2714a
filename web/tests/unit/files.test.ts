import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { refusedBefore } from "../../src/shared/upload";
import { Outbox } from "../../src/widget/outbox";
import { type Pending, Store } from "../../src/widget/state";
import { strings } from "../../src/widget/strings.ja";
import { readMessage } from "../../src/widget/types";
import { type FileActions, filesView, sendingView } from "../../src/widget/view/files";
import { rows } from "../../src/widget/view/rows";

const MEGABYTE = 1024 * 1024;
const actions: FileActions = {
  fileUrl: (path) => new URL(path, "https://chat.example.jp").href,
  cancel: () => undefined,
};
const photo = {
  kind: "image",
  name: "傷.png",
  contentType: "image/png",
  size: 71,
  url: "/api/v1/files/f1?until=1&signature=s",
};
const file = (size: number, type = "image/png", name = "傷.png"): File =>
  Object.defineProperty(new File(["x"], name, { type }), "size", { value: size });

test("a message's files are read, and what is missing gets a harmless value", () => {
  const message = readMessage({
    seq: 1,
    attachments: [{ kind: "image", name: "傷.png", content_type: "image/png", size: 71, url: photo.url }, {}],
  });
  expect(message?.files).toEqual([photo, { kind: "", name: null, contentType: "", size: 0, url: null }]);
  expect(readMessage({ seq: 1 })?.files).toEqual([]);
});

test("a picture stands in place with its name and opens in a page of its own", () => {
  const view = filesView([photo], actions);
  const link = view?.querySelector("a");
  expect(link?.href).toBe(`https://chat.example.jp${photo.url}`);
  expect(link?.target).toBe("_blank");
  expect(link?.rel).toBe("noopener noreferrer");
  expect(view?.querySelector("img")?.alt).toBe("傷.png");
});

test("a picture that cannot be shown becomes a link with its name", () => {
  const view = filesView([photo], actions);
  view?.querySelector("img")?.dispatchEvent(new Event("error"));
  expect(view?.querySelector("img")).toBeNull();
  expect(view?.querySelector("a.file")?.textContent).toContain("傷.png");
});

test.each(["image/svg+xml", "image/heic", "text/html", "application/pdf"])("%s is only a link", (type) => {
  const view = filesView([{ ...photo, contentType: type }], actions);
  expect(view?.querySelector("img")).toBeNull();
  expect(view?.querySelector("a")).not.toBeNull();
});

test.each(["javascript:alert(1)", "data:text/html,x", ""])("an address like %s opens nothing", (url) => {
  const shown = filesView([{ ...photo, url: url || null }], { ...actions, fileUrl: (path) => path });
  expect(shown?.querySelector("a, img")).toBeNull();
});

test("a name is text, whatever it looks like", () => {
  const name = "<img src=x onerror=alert(1)>.pdf";
  const view = filesView([{ ...photo, name, contentType: "application/pdf" }], actions);
  expect(view?.querySelector("img")).toBeNull();
  expect(view?.textContent).toContain(name);
});

test("what stands for a customer's file is not shown beside it, what an agent writes is", () => {
  const base = { at: "2026-12-01T03:00:00Z", attachments: [{ kind: "image", url: "/x" }] };
  const store = new Store();
  store.set({
    messages: [
      readMessage({ ...base, seq: 1, from: "customer", text: "（画像）" }),
      readMessage({ ...base, seq: 2, from: "agent", text: "こちらです" }),
    ].filter((each) => each !== null),
  });
  const texts = rows(store.state).flatMap((row) => (row.type === "message" ? [row.text] : []));
  expect(texts).toEqual(["", "こちらです"]);
});

test("a file may be as large as its kind's limit and not empty", () => {
  expect(refusedBefore(file(10 * MEGABYTE), strings.file)).toBeNull();
  expect(refusedBefore(file(10 * MEGABYTE + 1), strings.file)).toContain("10MB");
  expect(refusedBefore(file(50 * MEGABYTE, "video/mp4"), strings.file)).toBeNull();
  expect(refusedBefore(file(20 * MEGABYTE + 1, "application/pdf"), strings.file)).toContain("20MB");
  expect(refusedBefore(file(0), strings.file)).toBe(strings.file.empty);
});

let store: Store;
let posted: Pending[];
let outbox: Outbox;

beforeEach(() => {
  vi.useFakeTimers();
  store = new Store();
  posted = [];
  outbox = new Outbox(store, {
    ready: async () => undefined,
    post: async (item) => {
      posted.push(item);
      return null;
    },
    started: () => undefined,
    stopped: () => undefined,
    gone: () => undefined,
  });
});
afterEach(() => vi.useRealTimers());

test("files go in their turn, each with a key of its own", async () => {
  outbox.add("こちらです", null);
  outbox.addFile(file(10));
  outbox.addFile(file(11, "image/png", "二枚目.png"));
  await vi.advanceTimersByTimeAsync(1);
  expect(posted.map((item) => item.file?.name)).toEqual([undefined, "傷.png", "二枚目.png"]);
  expect(new Set(posted.map((item) => item.clientId)).size).toBe(3);
});

test("a file that cannot be taken says so at once and holds nothing up", async () => {
  outbox.addFile(file(0));
  outbox.add("次です", null);
  await vi.advanceTimersByTimeAsync(1);
  expect(posted.map((item) => item.text)).toEqual(["次です"]);
  const [refused] = store.state.pending;
  expect([refused?.status, refused?.retryable]).toEqual(["failed", false]);
});

test("a file on its way shows how far it is and can be stopped", () => {
  outbox.addFile(file(10));
  const [pending] = store.state.pending;
  const stopped: string[] = [];
  const view = sendingView(
    { ...(pending as Pending), status: "sending", progress: 0.42 },
    { ...actions, cancel: (key) => stopped.push(key) },
  );
  expect(view?.querySelector("progress")?.getAttribute("value")).toBe("42");
  view?.querySelector("button")?.click();
  expect(stopped).toEqual([pending?.clientId]);
});

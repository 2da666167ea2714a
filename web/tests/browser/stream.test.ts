import { describe, expect, test } from "vitest";
import { bubble, hasChromium, openPanel, say, stopClock, texts, useStage, watch } from "./harness";

describe.skipIf(!hasChromium)("the stream", () => {
  const on = useStage();
  const streaming = () => expect.poll(() => on.mock.last.streams.size).toBeGreaterThan(0);

  test("dropped: what was missed comes with the reconnection, nothing twice", async () => {
    const page = await on.open();
    await openPanel(page);
    await streaming();
    // a reply that only the stream brings: the page has read the stream as far as that
    await say(page, "あとで教えて");
    await bubble(page, "全品送料無料").waitFor();
    on.mock.add(on.mock.last, "bot", { text: "その間の一件目" }, false);
    on.mock.add(on.mock.last, "bot", { text: "その間の二件目" }, false);
    on.mock.dropStreams(on.mock.last);
    await bubble(page, "その間の二件目").waitFor();
    const all = await texts(page);
    expect(all.slice(-2).map((text) => text.trim())).toEqual([
      "自動応答: その間の一件目",
      "自動応答: その間の二件目",
    ]);
    expect(new Set(all).size).toBe(all.length);
    expect(on.mock.connections.at(-1)).toBe(3);
  });

  test("a message missing in the middle is fetched, and stands where it belongs", async () => {
    const page = await on.open();
    await openPanel(page);
    await streaming();
    on.mock.add(on.mock.last, "bot", { text: "抜けた一件" }, false);
    on.mock.add(on.mock.last, "bot", { text: "届いた一件" });
    await bubble(page, "抜けた一件").waitFor();
    expect((await texts(page)).slice(-2).map((text) => text.trim())).toEqual([
      "自動応答: 抜けた一件",
      "自動応答: 届いた一件",
    ]);
  });

  test("a stream that stays away is said calmly, and no more when it is back", async () => {
    const page = await on.open();
    await openPanel(page);
    await streaming();
    on.mock.holdStreams = true;
    on.mock.dropStreams(on.mock.last);
    await page.locator(".network", { hasText: "接続し直しています" }).waitFor();
    on.mock.holdStreams = false;
    await page.locator(".network").waitFor({ state: "hidden" });
  });

  test("offline is said once; coming back fetches what was missed at once", async () => {
    const page = await on.open();
    await openPanel(page);
    await streaming();
    // no pause between two tries ends by itself: what comes, comes at once
    await stopClock(page);
    await page.context().setOffline(true);
    await page.locator(".network", { hasText: "インターネットにつながっていません" }).waitFor();
    const told = page.locator('[aria-live="polite"] p', { hasText: "インターネット" });
    await expect.poll(() => told.count()).toBe(1);
    await say(page, "つながらない間の質問");
    await page.locator(".problem").waitFor();
    on.mock.add(on.mock.last, "bot", { text: "留守の間の返事" }, false);
    await page.context().setOffline(false);
    await bubble(page, "留守の間の返事").waitFor();
    await page.locator(".network").waitFor({ state: "hidden" });
    await page.clock.resume();
    await page.getByRole("button", { name: "もう一度送る" }).click();
    await bubble(page, "全品送料無料").waitFor();
  });

  test("a reply later on the stream; typing stays until then and ends with it", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "黙る");
    await page.locator(".typing").waitFor();
    // long enough for it to end too early, which must not happen
    await page.waitForTimeout(600);
    expect(await page.locator(".typing").count()).toBe(1);
    on.mock.add(on.mock.last, "bot", { text: "お待たせしました。全品送料無料です。" });
    await bubble(page, "全品送料無料").waitFor();
    await page.locator(".typing").waitFor({ state: "detached" });
  });

  test("typing ends when the owner changes", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "黙る");
    await page.locator(".typing").waitFor();
    on.mock.setOwner(on.mock.last, "queue", null, 3);
    await page.locator(".typing").waitFor({ state: "detached" });
    await expect.poll(() => page.locator(".standing").textContent()).toBe("先にお待ちの方 3人");
  });

  test("a person takes over: name, typing, read, and the end of the chat", async () => {
    const page = await on.open();
    on.mock.agentComes = false;
    await openPanel(page);
    await streaming();
    await page.getByRole("button", { name: "担当者と話す" }).click();
    await page.locator(".standing", { hasText: "お待ちの方 2人" }).waitFor();
    on.mock.takeOver(on.mock.last);
    await page.locator(".who", { hasText: "担当者 佐藤" }).waitFor();
    await page.locator(".typing.agent").waitFor();
    on.mock.agentAnswers(on.mock.last);
    await bubble(page, "担当の佐藤です").waitFor();
    await expect.poll(() => page.locator(".message.agent .name").textContent()).toBe("佐藤");
    await page.locator(".read", { hasText: "既読" }).waitFor();
    on.mock.setOwner(on.mock.last, "closed");
    const created = on.mock.created;
    await page.getByRole("button", { name: "新しいチャットを始める" }).click();
    await expect.poll(() => on.mock.created).toBe(created + 1);
    await bubble(page, "担当の佐藤です").waitFor({ state: "detached" });
    await bubble(page, "こんにちは").waitFor();
  });

  test("closed panel: new messages are counted on the button and marked with a line", async () => {
    const page = await on.open();
    await openPanel(page);
    await streaming();
    await page.keyboard.press("Escape");
    on.mock.add(on.mock.last, "agent", { text: "お調べしました。" });
    on.mock.add(on.mock.last, "agent", { text: "明日届きます。" });
    await page.locator(".badge", { hasText: "2" }).waitFor();
    await page.locator(".launcher").click();
    await page.locator(".divider", { hasText: "ここから新着" }).waitFor();
    await page.locator(".badge").waitFor({ state: "hidden" });
    await say(page, "ありがとう");
    await page.locator(".divider").waitFor({ state: "detached" });
  });

  test("reading further up: nothing jumps, and a button leads to the newest", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "長い答えを");
    await bubble(page, "14. 長い答え").waitFor();
    await page.locator(".log").hover();
    await page.mouse.wheel(0, -3000);
    await expect.poll(() => page.locator(".log").evaluate((log) => log.scrollTop)).toBe(0);
    on.mock.add(on.mock.last, "agent", { text: "新しい一件" });
    const jump = page.getByRole("button", { name: "新着1件" });
    await jump.waitFor();
    expect(await page.locator(".log").evaluate((log) => log.scrollTop)).toBe(0);
    await jump.click();
    await expect
      .poll(() => page.locator(".log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight))
      .toBeLessThan(2);
    await jump.waitFor({ state: "hidden" });
  });

  test("two tabs share the conversation; open or closed is each tab's own", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "一つ目のタブから");
    await bubble(page, "全品送料無料").waitFor();
    const created = on.mock.created;
    const other = await page.context().newPage();
    watch(other, on.problems);
    await other.goto(page.url());
    // the button is there whenever the panel is not
    await other.locator(".launcher").waitFor();
    await other.locator(".panel").waitFor({ state: "hidden" });
    await openPanel(other);
    await bubble(other, "一つ目のタブから").waitFor();
    await say(other, "二つ目のタブから");
    await bubble(page, "二つ目のタブから").waitFor();
    await expect.poll(async () => (await texts(page)).length).toBe(5);
    await expect.poll(async () => (await texts(other)).length).toBe(5);
    expect(on.mock.created).toBe(created);
  });

  test("two tabs whose conversation is gone end up in one new conversation", async () => {
    const page = await on.open();
    await openPanel(page);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await openPanel(other);
    await expect.poll(() => on.mock.last.streams.size).toBe(2);
    const created = on.mock.created;
    const talk = on.mock.last;
    on.mock.conversations.delete(talk.id);
    on.mock.dropStreams(talk);
    for (const tab of [page, other]) await tab.locator(".notice", { hasText: "新しいチャット" }).waitFor();
    // long enough for a second one to be started, which must not happen
    await page.waitForTimeout(2500);
    expect(on.mock.created).toBe(created + 1);
    await expect.poll(() => on.mock.last.streams.size).toBe(2);
  });
});

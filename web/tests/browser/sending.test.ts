import { describe, expect, test } from "vitest";
import { bubble, focused, hasChromium, openPanel, say, stopClock, texts, useStage } from "./harness";

describe.skipIf(!hasChromium)("sending", () => {
  const on = useStage();
  const received = (text: string) => on.mock.received.filter((each) => each.text === text);

  test("an own message is there at once; typing within 300 ms, gone with the reply; once and in order", async () => {
    on.mock.holdReplies();
    const page = await on.open();
    await openPanel(page);
    await stopClock(page);
    await say(page, "送料はいくら？");
    expect((await texts(page)).at(-1)).toContain("送料はいくら？");
    await page.clock.runFor(299);
    await page.locator(".typing").waitFor();
    await page.clock.resume();
    on.mock.releaseReplies();
    await bubble(page, "全品送料無料").waitFor();
    await page.locator(".typing").waitFor({ state: "detached" });
    // long enough for one of them to come a second time, which must not happen
    await page.waitForTimeout(300);
    expect((await texts(page)).map((text) => text.split("\n")[0])).toEqual([
      "自動応答: こんにちは。自動応答がお答えします。",
      "あなた: 送料はいくら？",
      "自動応答: はい、全品送料無料でお届けします。",
    ]);
    await expect.poll(() => page.locator("textarea").inputValue()).toBe("");
  });

  test("several messages go one after another", async () => {
    on.mock.holdReplies();
    const page = await on.open();
    await openPanel(page);
    for (const text of ["一つ目", "二つ目", "三つ目"]) await say(page, text);
    await expect.poll(() => page.locator(".status", { hasText: "送信待ち" }).count()).toBe(2);
    on.mock.releaseReplies();
    await expect.poll(async () => (await page.locator(".message.bot").count()) - 1).toBe(3);
    const own = (await texts(page)).filter((text) => text.startsWith("あなた")).map((text) => text.trim());
    expect(own).toEqual(["あなた: 一つ目", "あなた: 二つ目", "あなた: 三つ目"]);
    await expect.poll(() => page.locator(".status").count()).toBe(0);
  });

  test("a choice becomes the customer's message; the rest of them is over; focus is not lost", async () => {
    const page = await on.open();
    await openPanel(page);
    const choice = page.getByRole("button", { name: "送料と届くまでの日数" });
    await choice.focus();
    await page.keyboard.press("Enter");
    await page.locator(".message.customer", { hasText: "送料と届くまでの日数" }).waitFor();
    const greeting = page.locator(".message.bot").first();
    await expect.poll(() => greeting.locator("button:enabled").count()).toBe(0);
    await expect.poll(() => page.locator(".choice.taken").textContent()).toContain("送料と届くまでの日数");
    await expect.poll(() => focused(page)).toBe("bubble");
    await page.getByRole("button", { name: "いつ届くか知りたい" }).waitFor();
    await expect.poll(() => page.locator("button.choice:enabled").count()).toBe(3);
  });

  test("Enter sends, Shift+Enter makes a line; the field grows to five lines", async () => {
    const page = await on.open();
    await openPanel(page);
    const field = page.locator("textarea");
    const height = async () => (await field.boundingBox())?.height ?? 0;
    const one = await height();
    await field.pressSequentially("一行目");
    await field.press("Shift+Enter");
    await field.pressSequentially("二行目");
    await expect.poll(height).toBeGreaterThan(one + 20);
    const two = await height();
    await field.fill(Array(12).fill("行").join("\n"));
    expect(await height()).toBeLessThan(one + (two - one) * 4 + 2);
    await field.fill("一行目\n二行目");
    await field.press("Enter");
    await bubble(page, "一行目\n二行目").or(bubble(page, "二行目")).first().waitFor();
    await expect.poll(() => on.mock.received.at(-1)?.text).toBe("一行目\n二行目");
    await expect.poll(height).toBe(one);
  });

  test("never sends while a conversion is open (Chromium's own input method events)", async () => {
    const page = await on.open();
    await openPanel(page);
    const count = on.mock.received.length;
    const field = page.locator("textarea");
    await field.focus();
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Input.imeSetComposition", { text: "そうりょう", selectionStart: 5, selectionEnd: 5 });
    await cdp.send("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key: "Process",
      windowsVirtualKeyCode: 229,
    });
    await cdp.send("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key: "Enter",
      code: "Enter",
      windowsVirtualKeyCode: 13,
    });
    await cdp.send("Input.dispatchKeyEvent", {
      type: "keyUp",
      key: "Enter",
      code: "Enter",
      windowsVirtualKeyCode: 13,
    });
    // long enough for it to be sent, which must not happen
    await page.waitForTimeout(150);
    expect(on.mock.received.length).toBe(count);
    await cdp.send("Input.insertText", { text: "送料" });
    // the same, and longer than an Enter counts as the conversion's
    await page.waitForTimeout(150);
    expect(on.mock.received.length).toBe(count);
    await expect.poll(() => field.inputValue()).toContain("送料");
    await field.press("Enter");
    await page.locator(".message.customer", { hasText: "送料" }).waitFor();
  });

  test("never sends with the Enter of a conversion in Safari's order of events", async () => {
    const page = await on.open();
    await openPanel(page);
    const count = on.mock.received.length;
    await page.locator("textarea").fill("送料");
    // both events of one key press in one moment, however busy the machine is
    await stopClock(page);
    const prevented = await page.locator("textarea").evaluate((field) => {
      const key = () => new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
      field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      const composing = key();
      field.dispatchEvent(composing);
      field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "送料" }));
      field.dispatchEvent(key());
      return (field as HTMLTextAreaElement).value;
    });
    expect(prevented).toBe("送料");
    // long enough for it to be sent, which must not happen
    await page.waitForTimeout(200);
    expect(on.mock.received.length).toBe(count);
    await page.clock.runFor(200);
    await page.locator("textarea").press("Enter");
    await page.locator(".message.customer", { hasText: "送料" }).waitFor();
  });

  for (const [text, sentence] of [
    ["エラー500です", "ただいま混み合っていて送信できませんでした。"],
    ["切断されます", "送信できませんでした。通信の状態をご確認ください。"],
  ] as const) {
    test(`「${text}」 keeps its error at itself and goes again with the same key`, async () => {
      const page = await on.open();
      await openPanel(page);
      await say(page, text);
      const failed = page.locator(".message.unsent", { hasText: text });
      await failed.locator(".problem", { hasText: sentence }).waitFor();
      await page.locator(".typing").waitFor({ state: "detached" });
      await failed.getByRole("button", { name: "もう一度送る" }).click();
      await bubble(page, "全品送料無料").waitFor();
      await page.locator(".problem").waitFor({ state: "detached" });
      await expect.poll(() => page.locator(".message.customer").count()).toBe(1);
      expect(new Set(received(text).map((each) => each.key)).size).toBe(1);
    });
  }

  test("429: calm words, and again only when the time has come", async () => {
    const page = await on.open();
    await openPanel(page);
    await stopClock(page);
    await say(page, "混雑429です");
    await page.locator(".problem", { hasText: "2秒ほどお待ちください" }).waitFor();
    const again = page.getByRole("button", { name: "もう一度送る" });
    expect(await again.isDisabled()).toBe(true);
    await page.clock.runFor(1999);
    expect(await again.isDisabled()).toBe(true);
    await page.clock.runFor(1);
    await page.locator(".problem", { hasText: "お待たせしました" }).waitFor();
    await page.clock.resume();
    await again.click();
    await bubble(page, "全品送料無料").waitFor();
  });

  test("a refused message says why in the service's words and can be changed", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "拒否422です");
    await page.locator(".problem", { hasText: "言い方を変えて" }).waitFor();
    await page.getByRole("button", { name: "入力欄に戻す" }).click();
    await expect.poll(() => page.locator("textarea").inputValue()).toBe("拒否422です");
    await page.locator(".message.customer").waitFor({ state: "detached" });
  });

  test("a conversation that is gone: a new one, said so, with what was typed", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "送料は？");
    await bubble(page, "全品送料無料").waitFor();
    const created = on.mock.created;
    await say(page, "消失404の文章");
    await page.locator(".notice", { hasText: "新しいチャットを始めました" }).waitFor();
    await bubble(page, "こんにちは").waitFor();
    await expect.poll(() => page.locator("textarea").inputValue()).toBe("消失404の文章");
    // long enough for another conversation or message to come, which must not happen
    await page.waitForTimeout(1500);
    expect(on.mock.created).toBe(created + 1);
    expect(await texts(page)).toHaveLength(1);
    await page.locator("textarea").fill("もう一度");
    await page.locator("textarea").press("Enter");
    await bubble(page, "全品送料無料").waitFor();
  });

  test("5,000 characters: a counter near the limit, no sending beyond it", async () => {
    const page = await on.open();
    await openPanel(page);
    await page.locator("textarea").fill("あ".repeat(4600));
    await expect.poll(() => page.locator(".count").textContent()).toBe("あと400文字");
    await page.locator("textarea").fill("あ".repeat(5010));
    await expect.poll(() => page.locator(".count").textContent()).toContain("10文字多い");
    await expect.poll(() => page.locator(".send").isDisabled()).toBe(true);
    const count = on.mock.received.length;
    await page.locator("textarea").press("Enter");
    // long enough for it to be sent, which must not happen
    await page.waitForTimeout(150);
    expect(on.mock.received.length).toBe(count);
    expect((await page.locator("textarea").inputValue()).length).toBe(5010);
  });
});

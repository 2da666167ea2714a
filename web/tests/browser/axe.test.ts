import { describe, expect, test } from "vitest";
import { AXE, clean } from "./axe";
import { bubble, hasChromium, openPanel, say, useStage } from "./harness";

describe.skipIf(!hasChromium)("axe", () => {
  const on = useStage();

  // a colour that white text must stand on, one that black must
  const looks = [
    ["light", "8a1c3b", { colorScheme: "light" }],
    ["light", "ffd54a", { colorScheme: "light" }],
    ["dark", "8a1c3b", { colorScheme: "dark" }],
    ["dark, phone", "ffd54a", { colorScheme: "dark", viewport: { width: 375, height: 667 } }],
    ["forced colours", "8a1c3b", { forcedColors: "active" }],
  ] as const;

  for (const [name, color, options] of looks) {
    test(`${name}, #${color}: clean in every state`, async () => {
      const page = await on.open(
        { ...options, bypassCSP: true },
        `site=store&color=%23${color}&hours=平日12:00〜17:00`,
      );
      await page.addScriptTag({ path: AXE });
      await page.locator(".launcher").waitFor();
      await clean(page, "closed");
      on.mock.failCreate = 1;
      await page.locator(".launcher").click();
      await page.locator(".stop").waitFor();
      await clean(page, "start failed");
      await page.getByRole("button", { name: "もう一度つなぐ" }).click();
      await bubble(page, "こんにちは").waitFor();
      await clean(page, "greeting");
      on.mock.holdReplies();
      await say(page, "カード");
      await page.locator(".typing").waitFor();
      await clean(page, "typing");
      on.mock.releaseReplies();
      await page.locator(".card").waitFor();
      await clean(page, "card");
      await say(page, "リンク");
      await bubble(page, "くわしくは").waitFor();
      await page.locator(".bubble").last().focus();
      await clean(page, "links, time shown");
      await say(page, "エラー500");
      await page.locator(".problem").waitFor();
      await page.locator("textarea").fill("あ".repeat(5001));
      await clean(page, "error, too long");
      await page.locator("textarea").fill("");
      await page.getByRole("button", { name: "もう一度送る" }).click();
      await page.locator(".problem").waitFor({ state: "detached" });
      await say(page, "担当者");
      await page.locator(".message.agent").waitFor();
      await clean(page, "agent");
      on.mock.setOwner(on.mock.last, "closed");
      await page.getByRole("button", { name: "新しいチャットを始める" }).waitFor();
      await clean(page, "closed by the shop");
      await page.locator(".log").evaluate((log) => log.scrollTo(0, 0));
      await page.locator(".jump").waitFor();
      await clean(page, "scrolled up");
      await page.context().setOffline(true);
      await page.locator(".network").waitFor();
      await clean(page, "offline");
    });
  }

  test("new messages are said, history is not", async () => {
    const page = await on.open();
    await openPanel(page);
    const said = page.locator('[aria-live="polite"]');
    await expect.poll(() => said.textContent()).toContain("自動応答: こんにちは");
    await say(page, "送料は？");
    await bubble(page, "全品送料無料").waitFor();
    await expect.poll(() => said.textContent()).toContain("全品送料無料");
    expect(await said.textContent()).not.toContain("あなた");
    await page.reload();
    await bubble(page, "全品送料無料").waitFor();
    // long enough for something to be said, which must not happen
    await page.waitForTimeout(400);
    expect(await said.textContent()).toBe("");
  });

  test("the time of a message shows on focus; arrow keys go from message to message", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "送料は？");
    await bubble(page, "全品送料無料").waitFor();
    const time = page.locator(".message.bot time").last();
    const opacity = () => time.evaluate((element) => getComputedStyle(element).opacity);
    await expect.poll(opacity).toBe("0");
    await page.locator(".bubble").last().click();
    await expect.poll(opacity).toBe("1");
    await page.keyboard.press("ArrowUp");
    await expect.poll(opacity).toBe("0");
    const text = () =>
      page.evaluate(() => document.querySelector("madoguchi-widget")?.shadowRoot?.activeElement?.textContent);
    await expect.poll(text).toContain("送料は？");
    await page.keyboard.press("Home");
    await expect.poll(text).toContain("こんにちは");
  });
});

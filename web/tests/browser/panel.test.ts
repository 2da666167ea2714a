import { describe, expect, test } from "vitest";
import { bubble, focused, hasChromium, openPanel, say, settled, texts, useStage } from "./harness";

describe.skipIf(!hasChromium)("the panel", () => {
  const on = useStage();

  test("no conversation before the first opening; opens at once; focus goes in and back", async () => {
    const before = on.mock.created;
    const page = await on.open();
    await page.locator(".launcher").waitFor();
    // long enough for a conversation to be started, which must not happen
    await page.waitForTimeout(300);
    expect(on.mock.created).toBe(before);
    // looked at before the click's own task is over: the next picture has it, nothing is waited for
    const shown = await page.evaluate(() => {
      const root = document.querySelector("madoguchi-widget")?.shadowRoot as ShadowRoot;
      root.querySelector<HTMLElement>(".launcher")?.click();
      const panel = root.querySelector<HTMLElement>(".panel");
      return { width: panel?.offsetWidth, height: panel?.offsetHeight };
    });
    expect(shown).toEqual({ width: 380, height: 640 });
    const dialog = page.getByRole("dialog", { name: "ALLU オンラインストアのチャット" });
    await dialog.waitFor();
    await bubble(page, "こんにちは").waitFor();
    expect(on.mock.created).toBe(before + 1);
    await expect.poll(() => page.locator(".choice").count()).toBe(6);
    await expect.poll(() => focused(page)).toBe("field");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await expect.poll(() => focused(page)).toBe("launcher");
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.getByRole("button", { name: "チャットを閉じる" }).click();
    await expect.poll(() => focused(page)).toBe("launcher");
  });

  test("the page stays usable beside it, and 44 px for every button", async () => {
    const page = await on.open();
    await openPanel(page);
    await page.locator("#before").click();
    await expect.poll(() => page.url()).toContain("#x");
    const panel = await page.locator(".panel").boundingBox();
    expect(panel).toMatchObject({ width: 380, height: 640 });
    for (const button of await page.locator(".panel button:visible:enabled").all()) {
      const box = await button.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
  });

  test("window.Madoguchi opens and closes; open is remembered without taking the focus", async () => {
    const page = await on.open();
    await page.evaluate(() => window.Madoguchi?.open());
    await bubble(page, "こんにちは").waitFor();
    await page.reload();
    await bubble(page, "こんにちは").waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("BODY");
    await page.evaluate(() => window.Madoguchi?.close());
    await page.reload();
    // the button is there whenever the panel is not
    await page.locator(".launcher").waitFor();
    await page.locator(".panel").waitFor({ state: "hidden" });
  });

  test("history comes back after a reload, the draft too; another member has another chat", async () => {
    const member = `h.${Buffer.from('{"sub":"m-1"}').toString("base64url")}.s`;
    const page = await on.open({}, `site=store&identity=${member}`);
    await openPanel(page);
    await say(page, "送料は？");
    await bubble(page, "全品送料無料").waitFor();
    await page.locator("textarea").fill("書きかけ");
    const before = await texts(page);
    await page.reload();
    await bubble(page, "全品送料無料").waitFor();
    await expect.poll(() => texts(page)).toEqual(before);
    await expect.poll(() => page.locator("textarea").inputValue()).toBe("書きかけ");
    expect(await page.locator(".divider").count()).toBe(0);
    await page.evaluate(() => window.Madoguchi?.setIdentity(null));
    await bubble(page, "全品送料無料").waitFor({ state: "detached" });
    await bubble(page, "こんにちは").waitFor();
    await expect.poll(() => page.locator("textarea").inputValue()).toBe("");
    await page.evaluate((jwt) => window.Madoguchi?.setIdentity(jwt), member);
    await bubble(page, "全品送料無料").waitFor();
  });

  test("an identity that is refused: the chat starts all the same and says so", async () => {
    on.mock.refuseIdentity = true;
    const page = await on.open({}, "site=store&identity=a.e30.c");
    await openPanel(page);
    await page.locator(".notice", { hasText: "未ログインのお客様として" }).waitFor();
  });

  test("a start that fails can be tried again", async () => {
    on.mock.failCreate = 1;
    const page = await on.open();
    await page.locator(".launcher").click();
    await page.getByRole("button", { name: "もう一度つなぐ" }).click();
    await bubble(page, "こんにちは").waitFor();
    await page.locator(".stop").waitFor({ state: "detached" });
  });

  test("phone: the whole screen, modal, Tab goes round, the page behind stands still", async () => {
    const page = await on.open({ viewport: { width: 375, height: 667 }, isMobile: true, hasTouch: true });
    await openPanel(page);
    expect(await page.locator(".panel").boundingBox()).toEqual({ x: 0, y: 0, width: 375, height: 667 });
    expect(await page.locator(".panel").getAttribute("aria-modal")).toBe("true");
    // no keyboard over the greeting
    await expect.poll(() => focused(page)).toBe("panel");
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press("Tab");
      expect(await focused(page), `Tab ${i}`).toBeTruthy();
    }
    await page.keyboard.press("Shift+Tab");
    expect(await focused(page)).toBeTruthy();
    const behind = () => page.evaluate(() => document.documentElement.style.overflow);
    await expect.poll(behind).toBe("hidden");
    await page.getByRole("button", { name: "チャットを閉じる" }).click();
    await expect.poll(behind).toBe("");
  });

  for (const [name, viewport] of [
    ["200 % zoom", { width: 640, height: 400 }],
    ["320 px", { width: 320, height: 568 }],
    ["400 % zoom", { width: 320, height: 256 }],
  ] as const) {
    test(`${name}: nothing to scroll sideways, everything reachable`, async () => {
      const page = await on.open({ viewport });
      await openPanel(page);
      await say(page, "リンクを見せて");
      await bubble(page, "くわしくは").waitFor();
      await say(page, "カードを見せて");
      await page.locator(".card").waitFor();
      await say(page, `長いURL https://example.com/${"a".repeat(200)} 👜👜`);
      await bubble(page, "長いURL").waitFor();
      await bubble(page, "14. 長い答え").waitFor();
      await settled(page);
      const wide = await page.evaluate(() => {
        const root = document.querySelector("madoguchi-widget")?.shadowRoot as ShadowRoot;
        const over = (element: Element) => element.scrollWidth > element.clientWidth + 1;
        const boxes = [
          ...root.querySelectorAll(".panel, .log, .list, .row, .bubble, .card, .header, .composer"),
        ];
        return [document.documentElement, ...boxes]
          .filter(over)
          .map((element) => element.className || element.tagName);
      });
      expect(wide).toEqual([]);
      const box = await page.locator("textarea").boundingBox();
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
      expect((await page.locator(".log").boundingBox())?.height ?? 0).toBeGreaterThan(80);
    });
  }

  test("missed while away: after a reload a line stands above what is new", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "送料は？");
    await bubble(page, "全品送料無料").waitFor();
    await page.goto("about:blank");
    on.mock.add(on.mock.last, "agent", { text: "留守の間のご連絡です。" });
    await page.goto(`${on.url}/?site=store`);
    await bubble(page, "留守の間").waitFor();
    const next = page.locator(".divider + .row", { hasText: "留守の間" });
    await next.waitFor();
    await expect.poll(() => page.locator(".divider").count()).toBe(1);
  });

  test("the page's own styles do not reach in", async () => {
    const page = await on.open({ bypassCSP: true });
    const look = () =>
      page.locator(".panel").evaluate((panel) =>
        [panel, ...panel.querySelectorAll("*")].map((element) => {
          const style = getComputedStyle(element);
          return [style.font, style.letterSpacing, style.color, style.textTransform, style.padding].join("|");
        }),
      );
    await openPanel(page);
    const before = await look();
    const rules =
      "color: red; letter-spacing: 9px; text-transform: uppercase; font: 30px serif; line-height: 3";
    await page.addStyleTag({ content: `* { ${rules} } button, textarea, p { padding: 40px !important }` });
    expect(await look()).toEqual(before);
  });
});

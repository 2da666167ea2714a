import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { AXE, clean } from "./axe";
import { bubble, focused, hasChromium, openPanel, say, useStage } from "./harness";

describe.skipIf(!hasChromium)("the menu", () => {
  const on = useStage();

  const menu = (page: Page) => page.getByRole("menu", { name: "メニュー" });
  const item = (page: Page, name: string) => page.getByRole("menuitem", { name });
  const said = (page: Page) => page.locator(".menu-words").textContent();

  test("the conversation is saved as a text file, by keys alone", async () => {
    const page = await on.open();
    await openPanel(page);
    await say(page, "送料は？");
    await bubble(page, "全品送料無料").waitFor();
    await page.locator(".menu-button").focus();
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    const download = page.waitForEvent("download");
    await page.keyboard.press("Enter");
    const file = await download;
    expect(file.suggestedFilename()).toMatch(/^会話の記録-\d{8}\.txt$/);
    const text = await readFile(await file.path(), "utf8");
    expect(text.startsWith("\uFEFF")).toBe(true);
    expect(text).toContain("送料は？\r\n");
    await expect.poll(() => said(page)).toBe("会話の記録を保存しました。");
    await expect.poll(() => focused(page)).toBe("menu-button");
  });

  test("arrow keys go round, Escape closes the menu and not the panel", async () => {
    const page = await on.open();
    await openPanel(page);
    await page.locator(".menu-button").focus();
    await page.keyboard.press("ArrowDown");
    await item(page, "会話の記録をメールで受け取る").waitFor();
    const text = () =>
      page.evaluate(() => document.querySelector("madoguchi-widget")?.shadowRoot?.activeElement?.textContent);
    expect(await text()).toBe("会話の記録を保存");
    await page.keyboard.press("ArrowUp");
    expect(await text()).toBe("会話の記録をメールで受け取る");
    await page.keyboard.press("ArrowDown");
    expect(await text()).toBe("会話の記録を保存");
    await page.keyboard.press("Escape");
    await menu(page).waitFor({ state: "hidden" });
    expect(await focused(page)).toBe("menu-button");
    expect(await page.locator(".panel").isVisible()).toBe(true);
    await page.locator(".menu-button").click();
    await page.locator(".field").click();
    await menu(page).waitFor({ state: "hidden" });
  });

  test("it is mailed to one address, and a refusal is said in the service's words", async () => {
    const page = await on.open();
    await openPanel(page);
    await page.locator(".menu-button").click();
    await item(page, "会話の記録をメールで受け取る").click();
    await expect.poll(() => focused(page)).toBe("menu-field");
    await page.keyboard.type("hanako");
    await page.keyboard.press("Enter");
    await expect.poll(() => said(page)).toBe("メールアドレスの形式をご確認ください。");
    expect(on.mock.mails).toEqual([]);
    await page.locator(".menu-field").fill("hanako@full.example");
    await page.keyboard.press("Enter");
    await expect.poll(() => said(page)).toBe("1日3回までです。");
    await page.locator(".menu-field").fill("hanako@example.jp");
    await page.getByRole("button", { name: "送る", exact: true }).click();
    await expect.poll(() => said(page)).toContain("hanako@example.jp にお送りします。");
    expect(on.mock.mails).toEqual(["hanako@example.jp"]);
    await page.keyboard.press("Escape");
    await page.locator(".menu-sheet").waitFor({ state: "hidden" });
    expect(await page.locator(".panel").isVisible()).toBe(true);
    expect(await focused(page)).toBe("menu-button");
  });

  test("without a mail server a mail is not offered", async () => {
    on.mock.mails = null;
    const page = await on.open();
    await openPanel(page);
    const asked = page.waitForResponse((response) => response.url().endsWith("/api/v1/config"));
    await page.locator(".menu-button").click();
    await asked;
    await item(page, "会話の記録を保存").waitFor();
    expect(await item(page, "会話の記録をメールで受け取る").count()).toBe(0);
  });

  const looks = [
    ["light", { colorScheme: "light" }],
    ["dark, phone", { colorScheme: "dark", viewport: { width: 375, height: 667 } }],
    ["forced colours", { forcedColors: "active" }],
  ] as const;

  for (const [name, options] of looks) {
    test(`${name}: clean, and 44 px for every button`, async () => {
      const page = await on.open({ ...options, bypassCSP: true });
      await page.addScriptTag({ path: AXE });
      await openPanel(page);
      await page.locator(".menu-button").click();
      await item(page, "会話の記録をメールで受け取る").waitFor();
      await clean(page, "menu");
      for (const each of await page.locator(".menu-item, .menu-button").all()) {
        const box = await each.boundingBox();
        expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
      }
      await item(page, "会話の記録をメールで受け取る").click();
      await page.locator(".menu-field").fill("hanako");
      await page.keyboard.press("Enter");
      await expect.poll(() => said(page)).toContain("形式");
      await clean(page, "form");
    });
  }
});

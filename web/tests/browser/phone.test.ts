import { describe, expect, test } from "vitest";
import { bubble, hasChromium, openPanel, say, useStage } from "./harness";

const PHONE = { viewport: { width: 390, height: 664 }, hasTouch: true, isMobile: true };

describe.skipIf(!hasChromium)("on a phone", () => {
  const on = useStage();

  test("the phone's way back closes the chat and leaves the shop's page where it is", async () => {
    const page = await on.open(PHONE);
    const address = page.url();
    await openPanel(page);
    await page.locator(".panel[aria-modal=true]").waitFor();
    // Chromium asks a close watcher by this key where there is no such button; nobody in the panel hears it.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press("Escape");
    await page.locator(".panel").waitFor({ state: "hidden" });
    expect(page.url()).toBe(address);
    await openPanel(page);
    await page.locator(".menu-button").click();
    await page.locator(".menu").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".menu").waitFor({ state: "hidden" });
    expect(await page.locator(".panel").isVisible()).toBe(true);
  });

  test("what could not be sent is still there after a reload, and goes out once", async () => {
    const page = await on.open(PHONE);
    await openPanel(page);
    await bubble(page, "こんにちは").waitFor();
    await page.context().setOffline(true);
    await say(page, "送料はいくら？");
    await page.getByRole("button", { name: "もう一度送る" }).waitFor();
    await page.context().setOffline(false);
    await page.reload();
    await page.locator(".message.customer.unsent", { hasText: "送料はいくら？" }).waitFor();
    await page.getByRole("button", { name: "もう一度送る" }).click();
    await bubble(page, "全品送料無料").waitFor();
    expect(on.mock.received.filter((each) => each.text === "送料はいくら？")).toHaveLength(1);
    await page.reload();
    await bubble(page, "全品送料無料").waitFor();
    expect(await page.locator(".message.customer").count()).toBe(1);
  });

  test("the way down covers no words of a choice when nothing is new", async () => {
    const page = await on.open({ ...PHONE, viewport: { width: 320, height: 480 } });
    await openPanel(page);
    await bubble(page, "こんにちは").waitFor();
    const jump = page.locator(".jump");
    await jump.waitFor();
    const box = await jump.boundingBox();
    expect([box?.width, box?.height]).toEqual([44, 44]);
    expect(await jump.getAttribute("class")).toContain("plain");
    expect((await jump.textContent())?.trim()).toBe("最新のメッセージへ");
  });
});

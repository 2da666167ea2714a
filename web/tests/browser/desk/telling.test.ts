import { describe, expect, test } from "vitest";
import { hasChromium } from "../harness";
import { openChat, row, takeChat, useDesk } from "./harness";

interface Window {
  shown: { title: string; body: string; click(): void }[];
  focused: number;
  tones: number;
  drawn: number;
}

describe.skipIf(!hasChromium)("telling of new chats, and many of them", () => {
  const on = useDesk();

  /** A desk behind another window, in a browser that may show notifications and keeps note of them. */
  async function behind(login: "mori" | "hara") {
    const page = await on.visit({ permissions: ["notifications"] });
    await page.addInitScript(() => {
      const noted = window as unknown as Window;
      noted.shown = [];
      noted.focused = 0;
      noted.tones = 0;
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      window.focus = () => {
        noted.focused += 1;
      };
      const { start } = OscillatorNode.prototype;
      OscillatorNode.prototype.start = function (...at) {
        noted.tones += 1;
        start.apply(this, at);
      };
      window.Notification = class extends Notification {
        constructor(title: string, options?: NotificationOptions) {
          super(title, options);
          const click = (): void => void this.dispatchEvent(new Event("click"));
          noted.shown.push({ title, body: options?.body ?? "", click });
        }
      };
    });
    await page.reload();
    await page.getByLabel("ログイン名").fill(login);
    await page.getByLabel("パスワード").fill(`demo-${login}`);
    await page.getByRole("button", { name: "サインイン" }).click();
    await page.locator(".tabs").waitFor();
    return page;
  }
  const noted = (page: Awaited<ReturnType<typeof behind>>) =>
    page.evaluate(() => {
      const { shown, focused, tones } = window as unknown as Window;
      return { titles: shown.map((each) => each.title), focused, tones };
    });

  test("a new chat makes a notification that leads to it, once the agent has asked for them", async () => {
    const page = await behind("mori");
    expect(await page.evaluate(() => Notification.permission)).toBe("granted");
    on.mock.add("c1");
    await row(page, "c1").waitFor();
    expect(await noted(page)).toEqual({ titles: [], focused: 0, tones: 0 });
    await page.getByRole("button", { name: "森 あかり" }).click();
    await page.getByLabel("デスクトップ通知で知らせる").check();
    await page.getByLabel("新しいお待ちのお客様を音で知らせる").check();
    await page.keyboard.press("Escape");
    on.mock.add("c2", { customer: { name: "佐藤 花子", member_id: null, verified: "none" } });
    await expect.poll(async () => (await noted(page)).titles).toEqual(["お客様がお待ちです"]);
    expect((await noted(page)).tones).toBe(2);
    expect(await page.title()).toBe("(2) 担当者デスク");
    expect(await page.evaluate(() => (window as unknown as Window).shown[0]?.body)).not.toContain("佐藤");
    await page.evaluate(() => (window as unknown as Window).shown[0]?.click());
    await page.locator(".chat-title", { hasText: "佐藤 花子" }).waitFor();
    expect((await noted(page)).focused).toBe(1);
  });

  test("a chat that a colleague gives is told of; what the agent does is not", async () => {
    const page = await behind("mori");
    const hara = await on.agent("hara");
    await page.getByRole("button", { name: "森 あかり" }).click();
    await page.getByLabel("デスクトップ通知で知らせる").check();
    await page.keyboard.press("Escape");
    const old = new Date(Date.now() - 3600_000).toISOString();
    for (const id of ["c1", "c2"]) on.mock.add(id, { waiting_since: old });
    await takeChat(page, "c1");
    await page.getByRole("button", { name: "待ちに戻す" }).click();
    await page.locator(".owner.queue").waitFor();
    await takeChat(hara, "c2");
    await hara.getByRole("button", { name: "転送" }).click();
    await hara.getByLabel("森 あかり").check();
    await hara.getByRole("dialog").getByRole("button", { name: "転送" }).click();
    await expect.poll(async () => (await noted(page)).titles).toEqual(["担当するチャットが入りました"]);
  });

  test("a thousand waiting chats are all shown, and a change of one draws that one and no other", async () => {
    for (let i = 0; i < 1000; i++)
      on.mock.add(`c${i}`, { waiting_since: new Date(Date.now() - (9000 - i) * 60_000).toISOString() });
    const page = await on.agent("mori");
    const scroller = page.locator(".left .scroller").first();
    for (let shown = 50; shown < 1000; shown += 50) {
      await expect.poll(() => page.locator(".chat-row").count()).toBeGreaterThanOrEqual(shown);
      await scroller.evaluate((each) => each.scrollTo(0, each.scrollHeight));
    }
    await expect.poll(() => page.locator(".chat-row").count()).toBe(1000);
    await page.evaluate(() => {
      const noted = window as unknown as Window;
      noted.drawn = 0;
      const rows = document.querySelector(".rows") as HTMLElement;
      new MutationObserver((changes) => {
        for (const change of changes) noted.drawn += change.addedNodes.length;
      }).observe(rows, { childList: true });
    });
    for (let i = 0; i < 20; i++) on.mock.customerSays(`c${i * 40}`, `まだでしょうか ${i}`);
    await page.locator(".chat-row .unread", { hasText: "2" }).nth(19).waitFor({ state: "attached" });
    expect(await page.evaluate(() => (window as unknown as Window).drawn)).toBe(20);
    await openChat(page, "c999");
    await page.locator(".chat-title", { hasText: "お客様 c999" }).waitFor();
  });
});

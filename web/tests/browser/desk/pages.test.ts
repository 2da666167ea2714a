import type { Page } from "playwright-core";
import { describe, test } from "vitest";
import { AXE, clean } from "../axe";
import { hasChromium } from "../harness";
import { shot, signIn, takeChat, useDesk } from "./harness";

const dialog = (page: Page) => page.locator("dialog[open]").last();

describe.skipIf(!hasChromium)("pages and dialogs for everyone", () => {
  const on = useDesk();

  const looks = [
    ["light", { colorScheme: "light" }],
    ["dark tablet", { colorScheme: "dark", viewport: { width: 768, height: 1024 } }],
    ["forced colours", { forcedColors: "active" }],
  ] as const;
  for (const [name, options] of looks) {
    test(`${name}: axe finds nothing on the pages and in the dialogs`, async () => {
      const customer = { name: "佐藤 花子", member_id: null, verified: "none" };
      on.mock.add("c1", { customer, tags: ["VIP"] });
      on.mock.add("c2", { customer, channel: "line" });
      const kubo = on.mock.agents.find((each) => each.login === "kubo");
      if (kubo) kubo.locked_until = new Date(Date.now() + 600_000).toISOString();
      const page = await on.visit({ ...options, bypassCSP: true });
      await page.addScriptTag({ path: AXE });
      await signIn(page, "kanri");
      await page.getByRole("button", { name: /^対応中 \d+人$/ }).click();
      await page.locator(".popover li").first().waitFor();
      await clean(page, "colleagues");
      await page.keyboard.press("Escape");
      await takeChat(page, "c1");
      await page.getByRole("button", { name: "転送" }).click();
      await clean(page, "transfer");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "まとめる" }).click();
      await dialog(page).locator(".found-chat").first().click();
      await dialog(page).locator(".short").first().waitFor();
      await clean(page, "merge");
      await shot(page, `${name}-merge`);
      await dialog(page).getByRole("button", { name: "まとめる" }).click();
      await page.locator(".merged summary").click();
      await clean(page, "merged");
      await page.locator("#search").evaluate((each: HTMLInputElement) => {
        each.value = "佐藤";
        each.form?.requestSubmit();
      });
      if (!(await page.locator("#search").isVisible())) await page.locator(".to-list").click();
      await page.locator(".left mark").first().waitFor();
      await clean(page, "search");
      await page.getByRole("link", { name: "定型文", exact: true }).click();
      await page.locator(".canned-card").first().waitFor();
      await clean(page, "canned");
      await page.getByRole("button", { name: "定型文を追加" }).click();
      await dialog(page).getByLabel("文章").fill("{{お客様名}}様 〔番号〕");
      await clean(page, "canned form");
      await shot(page, `${name}-canned`);
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "担当者", exact: true }).click();
      await page.locator(".agents tbody tr").first().waitFor();
      await clean(page, "agents");
      await shot(page, `${name}-agents`);
      await page.getByRole("button", { name: "担当者を追加" }).click();
      await clean(page, "agent form");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "久保 直: 外す" }).click();
      await clean(page, "removing");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "管理 花", exact: true }).click();
      await page.getByRole("button", { name: "設定を始める" }).click();
      await page.locator(".qr").waitFor();
      await clean(page, "second factor");
    });
  }
});

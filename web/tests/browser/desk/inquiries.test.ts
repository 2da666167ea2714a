import { describe, expect, test } from "vitest";
import { AXE, clean } from "../axe";
import { hasChromium } from "../harness";
import { openChat, shot, useDesk } from "./harness";

describe.skipIf(!hasChromium)("inquiries and transcripts", () => {
  const on = useDesk();

  test("who left a number is telephoned, which is noted; a mail that did not arrive is seen", async () => {
    const page = await on.agent("mori");
    await page.getByRole("link", { name: "お問い合わせ", exact: true }).click();
    await page.locator(".chat-row", { hasText: "領収書" }).click();
    await page.locator(".steps", { hasText: "届いていません" }).waitFor();
    await page.getByLabel("電話の内容").fill("宛名の変更をご案内しました。");
    await page.getByRole("button", { name: "記録する" }).click();
    await page.locator(".steps li", { hasText: "電話で連絡" }).waitFor();
  });

  test("the transcript of a chat is mailed to its customer", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await openChat(page, "c1");
    await page.getByRole("button", { name: "担当する" }).click();
    await page.getByRole("button", { name: "会話の記録をメールで送る" }).click();
    await page.getByLabel("送り先のメールアドレス").fill("hanako");
    await page.getByRole("dialog").getByRole("button", { name: "送る" }).click();
    await page.getByRole("dialog").getByRole("alert").filter({ hasText: "送れませんでした" }).waitFor();
    await page.getByLabel("送り先のメールアドレス").fill("hanako@example.jp");
    await page.getByRole("dialog").getByRole("button", { name: "送る" }).click();
    await page.getByText("会話の記録をhanako@example.jpに送ります。").waitFor();
    expect(on.mock.mailed).toEqual(["hanako@example.jp"]);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`${colorScheme}: axe finds nothing in an inquiry`, async () => {
      const page = await on.agent("mori", { colorScheme, bypassCSP: true });
      await page.addScriptTag({ path: AXE });
      await page.getByRole("link", { name: "お問い合わせ", exact: true }).click();
      for (const topic of ["修理について", "領収書"]) {
        await page.locator(".chat-row", { hasText: topic }).click();
        await page.locator("h2", { hasText: topic }).waitFor();
        await clean(page, topic);
        await shot(page, `inquiry-${colorScheme}-${topic}`);
      }
    });
  }
});

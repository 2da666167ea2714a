import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { AXE, clean } from "../axe";
import { hasChromium } from "../harness";
import { shot, signIn, useDesk } from "./harness";

const line = (page: Page, text: string) =>
  page.getByRole("main", { name: "お知らせの送信状況" }).getByRole("listitem").filter({ hasText: text });
const openPage = (page: Page) => page.getByRole("link", { name: "送信状況", exact: true }).click();

describe.skipIf(!hasChromium)("what was told by e-mail and webhook", () => {
  const on = useDesk();

  test("a lead sees what has not gone out and why, and has it tried again", async () => {
    const hara = await on.agent("hara");
    await openPage(hara);
    const reply = line(hara, "お問い合わせへの返信（お客様へ）");
    await reply.getByText("送れませんでした").waitFor();
    await reply.getByText("宛先のメールアドレスに届きません。アドレスをご確認ください。").waitFor();
    await reply.getByText("メール hanako@example.com").waitFor();
    const call = line(hara, "お待ちのお客様がいることのお知らせ");
    await call.getByText("相手のサーバーに接続できませんでした。自動で送り直します。").waitFor();
    await call.getByText("送信3回").waitFor();
    // what is tried again by itself needs nobody
    expect(await call.getByRole("button").count()).toBe(0);
    await shot(hara, "notifications");
    await hara
      .getByRole("button", { name: "お問い合わせへの返信（お客様へ）、hanako@example.com: もう一度送る" })
      .click();
    await hara.getByRole("status").getByText("もう一度送ります。").waitFor();
    await reply.getByText("送信待ち").waitFor();
    expect(on.mock.notifications[0]?.state).toBe("waiting");
    await hara.getByLabel("送信の状態").selectOption("sent");
    await line(hara, "期限のお問い合わせのお知らせ").getByText("送信済み").waitFor();
    expect(await line(hara, "お問い合わせへの返信").count()).toBe(0);
    await hara.getByLabel("送信の状態").selectOption("cancelled");
    await hara.getByText("この状態のお知らせはありません。").waitFor();
  });

  test("two who try the same again are told that it goes out already", async () => {
    const hara = await on.agent("hara");
    await openPage(hara);
    const again = hara.getByRole("button", { name: /もう一度送る$/ });
    await again.waitFor();
    for (const told of on.mock.notifications) if (told.state === "parked") told.state = "waiting";
    await again.click();
    await hara.getByRole("status").getByText("いま再送できる状態ではありません。").waitFor();
    await line(hara, "お問い合わせへの返信").getByText("送信待ち").waitFor();
  });

  test("auditors only look, and agents have no such page", async () => {
    const ueda = await on.agent("ueda");
    await openPage(ueda);
    await line(ueda, "お問い合わせへの返信").waitFor();
    expect(await ueda.getByRole("button", { name: /もう一度送る$/ }).count()).toBe(0);
    const mori = await on.agent("mori");
    expect(await mori.getByRole("link", { name: "送信状況" }).count()).toBe(0);
    await mori.evaluate(() => {
      location.hash = "#/notifications";
    });
    await mori.locator(".chat-row, .left .hint").first().waitFor();
    expect(await mori.getByText("hanako@example.com").count()).toBe(0);
  });

  test("a service that is away is no empty list", async () => {
    const hara = await on.agent("hara");
    on.mock.down = true;
    await openPage(hara);
    await hara.getByText("送信状況を読み込めませんでした。").waitFor();
    on.mock.down = false;
    await hara.getByRole("button", { name: "最新にする" }).click();
    await line(hara, "お問い合わせへの返信").waitFor();
    on.problems.length = 0; // the browser says of itself that a request failed
  });

  for (const [name, options] of [
    ["light", { colorScheme: "light" }],
    ["dark tablet", { colorScheme: "dark", viewport: { width: 768, height: 1024 } }],
    ["forced colours", { forcedColors: "active" }],
  ] as const) {
    test(`${name}: axe finds nothing`, async () => {
      const page = await on.visit({ ...options, bypassCSP: true });
      await page.addScriptTag({ path: AXE });
      await signIn(page, "kanri");
      await openPage(page);
      await line(page, "お問い合わせへの返信").waitFor();
      await clean(page, "notifications");
      await shot(page, `${name}-notifications`);
    });
  }
});

import { describe, expect, test } from "vitest";
import { hasChromium } from "../harness";
import { inLog, openChat, reply, row, shot, signIn, takeChat, useDesk } from "./harness";

describe.skipIf(!hasChromium)("an agent's work", () => {
  const on = useDesk();

  test("a wrong password is said; the right one leads to the code, the code to the desk; signing out leads back", async () => {
    const page = await on.visit();
    await signIn(page, "kubo", "wrong");
    await page.getByText("ログイン名かパスワードが違います。").waitFor();
    await page.getByLabel("パスワード").fill("demo-kubo");
    await page.getByRole("button", { name: "サインイン" }).click();
    await page.getByLabel("確認コード（6桁）").fill("000000");
    await page.getByRole("button", { name: "サインイン" }).click();
    await page.getByText("確認コードが違います。").waitFor();
    await page.getByLabel("確認コード（6桁）").fill("１２３４５６");
    await page.getByRole("button", { name: "サインイン" }).click();
    await page.getByText("お待ちのお客様はいません。").waitFor();
    await page.getByRole("button", { name: "サインアウト" }).click();
    await page.getByLabel("ログイン名").waitFor();
    expect(await page.locator(".chat-row").count()).toBe(0);
  });

  test("takes a chat from the queue, sees the packet, answers, and the answer is in the transcript once", async () => {
    on.mock.add("c1", { channel: "line", waiting_since: new Date(Date.now() - 720_000).toISOString() });
    const page = await on.agent("mori");
    await row(page, "c1").locator(".waiting.overdue", { hasText: "12分" }).waitFor();
    await takeChat(page, "c1");
    await page.locator(".goal", { hasText: "返品したい" }).waitFor();
    await page.locator(".right", { hasText: "12月11日(金)まで" }).waitFor();
    await page.getByText("LINEでお客様に届きます（1通カウント）").waitFor();
    await reply(page).fill("お調べします。");
    await reply(page).press("Enter");
    await reply(page).pressSequentially("少しお待ちください。");
    await reply(page).press("Control+Enter");
    await inLog(page, "1通カウント").waitFor();
    expect(on.mock.said).toEqual(["お調べします。\n少しお待ちください。"]);
    expect(await inLog(page, "お調べします。").count()).toBe(1);
    expect(await reply(page).inputValue()).toBe("");
    expect(on.mock.typings).toBeGreaterThan(0);
    await shot(page, "chat");
  });

  test("what the customer writes appears at once, with who is typing before", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    on.mock.tell("typing", { chat_id: "c1", from: "customer" }, false);
    await page.getByText("お客様が入力中…").waitFor();
    on.mock.customerSays("c1", "色は黒です。");
    await inLog(page, "色は黒です。").waitFor();
    await expect.poll(() => on.mock.chats.get("c1")?.seen).toBe(2);
    await expect.poll(() => page.locator(".typing").textContent()).toBe("");
    await expect.poll(() => page.locator("[aria-live=polite]").textContent()).toContain("色は黒です。");
  });

  test("an answer that failed stays and goes out once when sent again", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    on.mock.failSends = 1;
    await reply(page).fill("お待たせしました。");
    await reply(page).press("Control+Enter");
    await inLog(page, "送信できませんでした。").waitFor();
    expect(on.mock.said).toEqual([]);
    await page.getByRole("button", { name: "もう一度送る" }).click();
    await page.locator(".unsent").waitFor({ state: "detached" });
    expect(on.mock.said).toEqual(["お待たせしました。"]);
    expect(await inLog(page, "お待たせしました。").count()).toBe(1);
  });

  test("an answer that arrived although its request failed is shown once, as sent", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await reply(page).fill("失敗しても一度だけ");
    await reply(page).press("Control+Enter");
    await inLog(page, "失敗しても一度だけ").locator("time").waitFor();
    await page.locator(".unsent").waitFor({ state: "detached" });
    expect(await inLog(page, "失敗しても一度だけ").count()).toBe(1);
    expect(on.mock.said).toEqual(["失敗しても一度だけ"]);
  });

  test("a canned answer's open places hold it back until they are filled", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await reply(page).pressSequentially(";hen");
    await page.getByRole("option", { name: /返品の期限/ }).waitFor();
    await reply(page).press("Enter");
    expect(await reply(page).inputValue()).toContain("{{期限}}");
    await reply(page).press("Control+Enter");
    await page.getByText("埋めていない箇所があります: 期限").waitFor();
    expect(on.mock.said).toEqual([]);
    // the open place is selected, so typing fills it
    await page.keyboard.type("12月11日(金)");
    await page.keyboard.press("Control+Enter");
    await page.getByText("埋めていない箇所があります: 返送期限").waitFor();
    await page.keyboard.type("12月15日(火)");
    await page.keyboard.press("Control+Enter");
    await expect
      .poll(() => on.mock.said)
      .toEqual(["返品のお申し込みは12月11日(金)までです。商品は12月15日(火)までにご返送ください。"]);
  });

  test("by keyboard alone: move, open, take, note, reply, close", async () => {
    const old = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    on.mock.add("c1", { waiting_since: old(9) });
    on.mock.add("c2", { waiting_since: old(5) });
    const page = await on.agent("mori");
    await row(page, "c2").waitFor();
    await page.locator("body").click({ position: { x: 700, y: 600 } });
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator(".chat-title", { hasText: "お客様 c2" }).waitFor();
    await page.keyboard.press("t");
    await page.locator(".owner.mine").waitFor();
    await page.keyboard.press("n");
    await page.keyboard.type("VIPのお客様");
    await page.keyboard.press("Control+Enter");
    await page.locator(".note", { hasText: "VIPのお客様" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("r");
    await page.keyboard.type("こんにちは");
    await page.keyboard.press("Control+Enter");
    await inLog(page, "こんにちは").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("e");
    await page.getByRole("dialog", { name: "終了" }).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.locator(".owner.closed").waitFor();
    expect(on.mock.chats.get("c2")?.result).toBe("solved");
    expect(on.mock.said).toEqual(["こんにちは"]);
  });

  test("an inquiry is shown with its due time, answered and finished", async () => {
    const page = await on.agent("mori");
    await page.getByRole("link", { name: "お問い合わせ", exact: true }).click();
    await page.locator(".due.late").waitFor();
    await page.locator(".chat-row", { hasText: "修理について" }).click();
    await page.locator(".inquiry-text", { hasText: "時計の修理" }).waitFor();
    expect(await page.getByLabel("チャット", { exact: true }).isChecked()).toBe(true);
    await page.getByLabel("メール（customer@example.com）").check();
    await page.getByLabel("返信", { exact: true }).fill("はい、承ります。");
    await page.getByRole("button", { name: "返信を送る" }).click();
    await page
      .locator(".steps li", { hasText: "メールで返信 ・ 森" })
      .getByText("はい、承ります。")
      .waitFor();
    await page.locator(".steps", { hasText: "送信待ち" }).waitFor();
    await page.locator(".middle.inquiry select").selectOption("closed");
    await expect.poll(() => on.mock.inquiries[0]?.state).toBe("closed");
    await page.locator(".steps", { hasText: "状態を「完了」に変更" }).waitFor();
    await shot(page, "inquiries");
  });

  test("a long chat opens at its end, and what was said before is fetched", async () => {
    const texts = Array.from({ length: 450 }, (_, i) => `第${i + 1}便`);
    on.mock.add("c1", {}, texts);
    const page = await on.agent("mori");
    await openChat(page, "c1");
    await inLog(page, "第450便").waitFor();
    expect(await inLog(page, "第250便").count()).toBe(0);
    for (const seen of ["第51便", "第1便"]) {
      await page.getByRole("button", { name: "以前のやりとりを表示" }).click();
      await page.locator(".bubble").getByText(seen, { exact: true }).waitFor();
    }
    await page.getByRole("button", { name: "以前のやりとりを表示" }).waitFor({ state: "hidden" });
    expect(await page.locator(".log .message").count()).toBe(450);
  });

  test("an auditor sees everything and can do nothing", async () => {
    on.mock.add("c1");
    const page = await on.agent("ueda");
    await openChat(page, "c1");
    await inLog(page, "返品したい").waitFor();
    expect(await page.locator(".actions button").count()).toBe(0);
    expect(await page.locator(".composer").isVisible()).toBe(false);
  });
});

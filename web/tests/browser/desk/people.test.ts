import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { hasChromium } from "../harness";
import { inLog, openChat, reply, row, shot, signIn, takeChat, useDesk } from "./harness";

const dialog = (page: Page) => page.locator("dialog[open]").last();

describe.skipIf(!hasChromium)("colleagues, agents, canned answers", () => {
  const on = useDesk();

  test("who is there is shown with a word and the number of chats, and changes by itself", async () => {
    on.mock.add("c1");
    const [mori, hara] = await Promise.all([on.agent("mori"), on.agent("hara")]);
    await takeChat(mori, "c1");
    await hara.getByRole("button", { name: "対応中 3人" }).click();
    const mine = hara.locator(".popover li", { hasText: "森 あかり" });
    await mine.getByText("対応中").waitFor();
    await mine.getByText("1/4件").waitFor();
    await mori.getByRole("button", { name: "離席", exact: true }).click();
    await mine.getByText("離席").waitFor();
    await hara.getByRole("button", { name: "対応中 2人" }).waitFor();
    await hara.keyboard.press("Escape");
    await expect.poll(() => hara.locator(".popover").isVisible()).toBe(false);
  });

  test("a lead gives a waiting chat to a colleague found by name, and takes it to another", async () => {
    on.mock.add("c1");
    const [mori, hara] = await Promise.all([on.agent("mori"), on.agent("hara")]);
    await openChat(mori, "c1");
    expect(await mori.getByRole("button", { name: "担当者を決める" }).count()).toBe(0);
    await openChat(hara, "c1");
    await hara.getByRole("button", { name: "担当者を決める" }).click();
    await dialog(hara).getByLabel("名前で探す").fill("もり");
    await dialog(hara).getByText("名前の合う担当者がいません。").waitFor();
    await dialog(hara).getByLabel("名前で探す").fill("mori");
    await dialog(hara).getByRole("button", { name: "担当者を決める" }).click();
    await mori.getByRole("button", { name: /自分の担当/ }).click();
    await row(mori, "c1").waitFor();
    await mori.locator(".owner.mine").waitFor();
    await hara.getByText("森 あかりさんが担当しています").waitFor();
    await hara.locator("#conversation").focus();
    await hara.keyboard.press("m");
    await dialog(hara).getByLabel("管理 花").check();
    await dialog(hara).getByRole("button", { name: "担当者を決める" }).click();
    await mori.getByText("管理 花さんが担当しています").waitFor();
  });

  test("two chats of a customer are seen side by side, merged, shown above, and parted again", async () => {
    const customer = { name: "佐藤 花子", member_id: "M1", verified: "member" };
    on.mock.add("c1", { customer });
    on.mock.add("c2", { customer, channel: "line", tags: ["VIP"] }, ["前に聞いた修理の件です。"]);
    on.mock.add("c3", { customer: { ...customer, member_id: "M2" } }, ["別の佐藤 花子です。"]);
    const hara = await on.agent("hara");
    await takeChat(hara, "c1");
    await hara.getByRole("button", { name: "まとめる" }).click();
    // found at once by the customer's name
    await dialog(hara).locator(".found-chat").nth(1).waitFor();
    await dialog(hara).getByRole("button", { name: "まとめる" }).click();
    await dialog(hara).getByRole("alert").getByText("まとめるチャットを選んでください。").waitFor();
    await dialog(hara).locator(".found-chat", { hasText: "Webチャット" }).click();
    await dialog(hara).getByText("別の佐藤 花子です。").waitFor();
    await dialog(hara).getByRole("button", { name: "まとめる" }).click();
    await dialog(hara).getByText("別の会員のチャットです。").waitFor();
    await dialog(hara).locator(".found-chat", { hasText: "LINE" }).click();
    await dialog(hara).getByText("前に聞いた修理の件です。").waitFor();
    await shot(hara, "merge");
    await dialog(hara).getByRole("button", { name: "まとめる" }).click();
    await hara.locator(".merged summary", { hasText: "まとめたチャット（LINE、1件）" }).click();
    await hara.locator(".merged", { hasText: "前に聞いた修理の件です。" }).waitFor();
    await hara.locator(".right .tag", { hasText: "VIP" }).waitFor();
    expect(on.mock.chats.get("c2")?.merged_into).toBe("c1");
    await hara.getByRole("button", { name: "まとめるのを取り消す" }).click();
    await hara.getByText("元のチャットに分けました。").waitFor();
    expect(on.mock.chats.get("c2")?.merged_into).toBeNull();
    expect(await hara.locator(".merged").count()).toBe(0);
  });

  test("an admin adds an agent, hands over the password, changes, unlocks and removes", async () => {
    const page = await on.agent("kanri");
    const kubo = on.mock.agents.find((each) => each.login === "kubo");
    if (kubo) kubo.locked_until = new Date(Date.now() + 600_000).toISOString();
    await page.getByRole("link", { name: "担当者", exact: true }).click();
    await page.getByRole("button", { name: "担当者を追加" }).click();
    await dialog(page).getByLabel("ログイン名").fill("mori");
    await dialog(page).getByLabel("名前", { exact: true }).fill("新人 一郎");
    await dialog(page).getByRole("button", { name: "担当者を追加" }).click();
    await dialog(page).getByText("このログイン名はすでに使われています。").waitFor();
    await dialog(page).getByLabel("ログイン名").fill("shinjin");
    await dialog(page).getByLabel("同時に対応できる件数").fill("0");
    await dialog(page).getByRole("button", { name: "担当者を追加" }).click();
    await dialog(page).getByText("1から50までで入力してください。").waitFor();
    await dialog(page).getByLabel("同時に対応できる件数").fill("2");
    await dialog(page).getByRole("button", { name: "担当者を追加" }).click();
    await dialog(page).locator(".secret", { hasText: "made-up-secret" }).waitFor();
    await dialog(page).getByRole("button", { name: "閉じる" }).click();
    const added = page.locator(".agents tr", { hasText: "新人 一郎" });
    await added.getByRole("button", { name: "変更" }).click();
    await dialog(page).getByLabel("役割").selectOption("lead");
    await dialog(page).getByRole("button", { name: "保存" }).click();
    await added.getByText("リーダー").waitFor();
    await page.getByRole("button", { name: "久保 直: ロックを解除" }).click();
    await page.getByText("までロック中").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "久保 直: 2段階認証を解除" }).click();
    await dialog(page).getByRole("button", { name: "2段階認証を解除" }).click();
    await expect.poll(() => on.mock.agents.find((each) => each.login === "kubo")?.totp).toBe(false);
    await added.getByRole("button", { name: "外す" }).click();
    await dialog(page).getByRole("button", { name: "外す" }).click();
    await added.waitFor({ state: "detached" });
    // nobody takes the ground from under their own feet
    expect(await page.getByRole("button", { name: "管理 花: 外す" }).count()).toBe(0);
  });

  test("a lead writes a canned answer with a preview; agents find it and cannot change it", async () => {
    const hara = await on.agent("hara");
    await hara.getByRole("link", { name: "定型文", exact: true }).click();
    await hara.getByRole("button", { name: "定型文を追加" }).click();
    await dialog(hara).getByLabel("呼び出し名").fill("しゅうり");
    await dialog(hara).getByLabel("題名").fill("修理の受付");
    await dialog(hara)
      .getByLabel("文章")
      .fill("{{お客様名}}様、{{担当者名}}です。〔受付番号〕で承りました。");
    await dialog(hara).locator(".preview", { hasText: "山田 花子様、原 健太です。" }).waitFor();
    await dialog(hara).getByText("返信のときに埋める箇所: 受付番号").waitFor();
    await dialog(hara).getByRole("button", { name: "保存" }).click();
    await dialog(hara).getByRole("alert").getByText("半角の英小文字、数字", { exact: false }).waitFor();
    await dialog(hara).getByLabel("呼び出し名").fill("henpin");
    await dialog(hara).getByRole("button", { name: "保存" }).click();
    await dialog(hara).getByText("ほかの定型文で使われています。").waitFor();
    await dialog(hara).getByLabel("呼び出し名").fill("shuri");
    await dialog(hara).getByLabel("サイト").selectOption("rental");
    await dialog(hara).getByRole("button", { name: "保存" }).click();
    await hara.locator(".canned-card", { hasText: "修理の受付" }).waitFor();
    await hara.locator('.page-filter select[aria-label="サイト"]').selectOption("store");
    await hara.locator(".canned-card", { hasText: "修理の受付" }).waitFor({ state: "detached" });
    const mori = await on.agent("mori");
    await mori.getByRole("link", { name: "定型文", exact: true }).click();
    await mori.getByLabel("定型文を検索").fill("受付番号");
    await expect.poll(() => mori.locator(".canned-card").count()).toBe(1);
    expect(await mori.getByRole("button", { name: "定型文を追加" }).isVisible()).toBe(false);
    await hara.locator('.page-filter select[aria-label="サイト"]').selectOption("");
    await hara.getByRole("button", { name: "修理の受付: 削除" }).click();
    await dialog(hara).getByRole("button", { name: "削除" }).click();
    await expect.poll(() => on.mock.canned.some((each) => each.shortcut === "shuri")).toBe(false);
  });

  test("one's own account: the second factor on by its picture and off, another password", async () => {
    const page = await on.agent("mori");
    await page.getByRole("button", { name: "森 あかり" }).click();
    await page.getByRole("button", { name: "設定を始める" }).click();
    const picture = page.getByRole("img", { name: "認証アプリで読み取るQRコード" });
    await expect
      .poll(() => picture.evaluate((each: HTMLImageElement) => each.complete && each.naturalWidth > 0))
      .toBe(true);
    await page.getByLabel("確認コード（6桁）").fill("000000");
    await page.getByRole("button", { name: "確認して有効にする" }).click();
    await page.getByText("確認コードが正しくありません。").waitFor();
    await page.getByLabel("確認コード（6桁）").fill("123456");
    await page.getByRole("button", { name: "確認して有効にする" }).click();
    await page.getByText("設定済みです。").waitFor();
    await page.getByRole("button", { name: "2段階認証を解除する" }).click();
    await dialog(page).getByLabel("現在のパスワード").fill("demo-mori");
    await dialog(page).getByLabel("確認コード（6桁）").fill("123456");
    await dialog(page).getByRole("button", { name: "2段階認証を解除する" }).click();
    await page.getByRole("button", { name: "設定を始める" }).waitFor();
    await page.getByRole("button", { name: "パスワードを変える" }).click();
    await dialog(page).getByLabel("現在のパスワード").fill("wrong");
    await dialog(page).getByLabel("新しいパスワード").fill("four plain words here");
    await dialog(page).getByRole("button", { name: "パスワードを変える" }).click();
    await dialog(page).getByText("現在のパスワードが正しくありません。").waitFor();
    await dialog(page).getByLabel("現在のパスワード").fill("demo-mori");
    await dialog(page).getByRole("button", { name: "パスワードを変える" }).click();
    await page.getByText("パスワードを変えました。").waitFor();
    await signIn(page, "mori", "four plain words here");
    await page.locator(".tabs").waitFor();
  });

  test("a session that ends leads to the sign-in and back to the same chat with its draft", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await reply(page).fill("書きかけの返信");
    on.mock.tell("signed_out", {}, false);
    await page.getByText("書きかけの文章は残っています。", { exact: false }).waitFor();
    expect(await page.locator("body").textContent()).not.toContain("お客様 c1");
    await signIn(page, "mori");
    await page.locator(".owner.mine").waitFor();
    expect(await reply(page).inputValue()).toBe("書きかけの返信");
    // and nobody else who signs in at this screen reads it
    on.mock.tell("signed_out", {}, false);
    await page.getByLabel("ログイン名").waitFor();
    await signIn(page, "hara");
    await page.locator(".chat-title").waitFor();
    expect(await reply(page).inputValue()).toBe("");
  });

  test("a chat that may not be seen any more leaves the lists and the middle", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await openChat(page, "c1");
    on.mock.hide("c1");
    await row(page, "c1").waitFor({ state: "detached" });
    await page.getByText("このチャットは担当から外れました。", { exact: false }).waitFor();
    expect(await page.locator("body").textContent()).not.toContain("お客様 c1");
  });

  test("one chat more than the agent should have is taken all the same, and said", async () => {
    const page = await on.agent("kanri");
    for (const id of ["c1", "c2", "c3"]) {
      on.mock.add(id);
      await takeChat(page, id);
    }
    await page.locator(".notice", { hasText: "同時に対応できる件数を超えて担当しています。" }).waitFor();
  });

  test("a suggested answer goes out as it is, or is changed before", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    const text = "発送日を含めて10日以内にお申し込みください。";
    await reply(page).fill("書きかけ");
    await page.getByRole("button", { name: "送る", exact: true }).click();
    await inLog(page, text).waitFor();
    expect(on.mock.said).toEqual([text]);
    expect(await reply(page).inputValue()).toBe("書きかけ");
    await page.getByRole("button", { name: "直してから送る" }).click();
    expect(await reply(page).inputValue()).toBe(`書きかけ\n${text}`);
    expect(on.mock.said).toHaveLength(1);
  });

  test("search marks where it was found, goes on at its end, and a tag narrows the lists", async () => {
    for (let i = 0; i < 60; i++)
      on.mock.add(`c${i}`, { tags: i === 7 ? ["VIP"] : [] }, ["ギフト包装", "ありますか"]);
    const page = await on.agent("mori");
    await row(page, "c1").waitFor();
    await page.getByLabel("タグで絞り込む").selectOption("VIP");
    await expect.poll(() => page.locator(".chat-row").count()).toBe(1);
    await page.getByLabel("タグで絞り込む").selectOption("");
    await page.keyboard.press("/");
    await page.locator("#search").fill("ギフト");
    await page.locator("#search").press("Enter");
    await row(page, "c1").locator(".snippet mark", { hasText: "ギフト" }).waitFor();
    await expect.poll(() => page.locator(".chat-row").count()).toBe(50);
    await page.getByRole("button", { name: "続きを表示" }).click();
    await expect.poll(() => page.locator(".chat-row").count()).toBe(60);
  });
});

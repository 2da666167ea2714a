import { describe, expect, test } from "vitest";
import { hasChromium } from "../harness";
import { inLog, openChat, reply, row, takeChat, useDesk } from "./harness";

describe.skipIf(!hasChromium)("several agents, broken lines", () => {
  const on = useDesk();

  test("two press take at the same moment: one has the chat, the other is told who", async () => {
    on.mock.add("c1");
    const pages = await Promise.all([on.agent("mori"), on.agent("hara")]);
    await Promise.all(pages.map((page) => openChat(page, "c1")));
    // both requests are in before either is answered
    let waiting = 0;
    let release: () => void = () => undefined;
    const both = new Promise<void>((done) => {
      release = done;
    });
    on.mock.takeGate = async () => {
      waiting += 1;
      if (waiting === 2) release();
      await both;
    };
    await Promise.all(pages.map((page) => page.getByRole("button", { name: "担当する" }).click()));
    await expect.poll(() => on.mock.chats.get("c1")?.agent?.name).toBeTruthy();
    const holder = on.mock.chats.get("c1")?.agent?.name;
    const [winner, loser] = holder === "森 あかり" ? pages : [pages[1], pages[0]];
    await winner?.locator(".owner.mine").waitFor();
    await loser?.locator(".notice", { hasText: `${holder}さんが担当しています` }).waitFor();
    expect(await loser?.locator(".composer .primary").isDisabled()).toBe(true);
  });

  test("a chat taken away while the answer was written: it does not go out and stays in the box", async () => {
    const chat = on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await reply(page).fill("あと少しでお答えします。");
    // elsewhere, and this page has not heard of it yet
    chat.agent = { id: "a2", name: "原 健太" };
    await reply(page).press("Control+Enter");
    await page
      .locator(".notice", { hasText: "原 健太さんが担当しています。書きかけの文章は残しています。" })
      .waitFor();
    expect(await reply(page).inputValue()).toBe("あと少しでお答えします。");
    expect(on.mock.said).toEqual([]);
  });

  test("a new waiting customer appears at every desk, and leaves every queue when taken", async () => {
    const [mori, hara] = await Promise.all([on.agent("mori"), on.agent("hara")]);
    for (const page of [mori, hara]) await page.getByText("お待ちのお客様はいません。").waitFor();
    on.mock.add("c1", { customer: { name: "佐藤 花子", member_id: null, verified: "none" } });
    await row(mori, "c1").waitFor();
    await expect
      .poll(() => hara.locator("p[aria-live=polite]").textContent())
      .toBe("新しいお待ちのお客様: 佐藤 花子、お客様の希望");
    await takeChat(mori, "c1");
    await row(hara, "c1").waitFor({ state: "detached" });
  });

  test("transfer, give back with a note, hold: each chat is where it belongs", async () => {
    for (const id of ["c1", "c2", "c3"]) on.mock.add(id);
    const [mori, hara] = await Promise.all([on.agent("mori"), on.agent("hara")]);
    await takeChat(mori, "c1");
    await mori.getByRole("button", { name: "転送" }).click();
    await mori.getByLabel("原 健太").check();
    await mori.getByRole("dialog").getByRole("button", { name: "転送" }).click();
    await hara.getByRole("button", { name: /自分の担当/ }).click();
    await row(hara, "c1").waitFor();
    await takeChat(mori, "c2");
    await mori.getByRole("button", { name: "自動応答に戻す" }).click();
    await mori.getByLabel("自動応答への申し送り（任意）").fill("返品は受付済み");
    await mori.getByRole("dialog").getByRole("button", { name: "自動応答に戻す" }).click();
    await mori.locator(".owner.bot").waitFor();
    expect(on.mock.chats.get("c2")?.given).toBe("返品は受付済み");
    await takeChat(mori, "c3");
    await mori.getByRole("button", { name: "保留", exact: true }).last().click();
    await mori.getByRole("dialog").getByRole("button", { name: "保留" }).click();
    await mori.getByRole("button", { name: "保留をやめる" }).waitFor();
    await mori.locator(".tabs button", { hasText: "保留" }).click();
    await row(mori, "c3").waitFor();
  });

  test("a reload keeps the chat, the draft and the note", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await reply(page).fill("書きかけの返信");
    await page.getByRole("button", { name: "メモ", exact: true }).click();
    await reply(page).fill("書きかけのメモ");
    await page.reload();
    await page.locator(".owner.mine").waitFor();
    expect(await reply(page).inputValue()).toBe("書きかけの返信");
    await page.getByRole("button", { name: "メモ", exact: true }).click();
    expect(await reply(page).inputValue()).toBe("書きかけのメモ");
  });

  test("after a note in one chat the next one begins with an answer, and a note begun there is found again", async () => {
    on.mock.add("c1");
    on.mock.add("c2");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await page.getByRole("button", { name: "メモ", exact: true }).click();
    await reply(page).fill("書きかけのメモ");
    await takeChat(page, "c2");
    await page.locator(".composer:not(.note-mode)").waitFor();
    expect(await reply(page).inputValue()).toBe("");
    await page.goto(`${on.url}/desk#/chat/c1`);
    await page.locator(".composer.note-mode").waitFor();
    expect(await reply(page).inputValue()).toBe("書きかけのメモ");
  });

  test("who takes a chat with the button can write at once", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await expect.poll(() => reply(page).evaluate((each) => each === document.activeElement)).toBe(true);
  });

  test("the tab says that a customer of one's own has written, until it is read", async () => {
    on.mock.add("c1");
    on.mock.add("c2");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await takeChat(page, "c2");
    await expect.poll(() => page.title()).toBe("担当者デスク");
    on.mock.customerSays("c1", "まだでしょうか");
    await expect.poll(() => page.title()).toBe("● 担当者デスク");
    await page.goto(`${on.url}/desk#/chat/c1`);
    await expect.poll(() => page.title()).toBe("担当者デスク");
  });

  test("a row says of which shop the chat is", async () => {
    on.mock.add("c1", { site: "rental" });
    const page = await on.agent("mori");
    await row(page, "c1").getByText("レンタル", { exact: true }).waitFor();
  });

  test("what happened while the line was broken is all there afterwards", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    on.mock.down = true;
    on.mock.breakStreams();
    await page.getByText("接続し直しています。", { exact: false }).waitFor();
    on.mock.customerSays("c1", "一つ目");
    on.mock.customerSays("c1", "二つ目");
    on.mock.add("c2");
    on.mock.down = false;
    await inLog(page, "一つ目").waitFor();
    await inLog(page, "二つ目").waitFor();
    await row(page, "c2").waitFor();
    await page.getByText("接続し直しています。", { exact: false }).waitFor({ state: "detached" });
    expect(await inLog(page, "一つ目").count()).toBe(1);
  });

  test("a session that was ended elsewhere leads to the sign-in, and nothing of a customer stays", async () => {
    on.mock.add("c1");
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    await page.context().clearCookies();
    await page.getByRole("button", { name: "タグ" }).click();
    await page.getByLabel("タグ（空白で区切る）").fill("VIP");
    await page.getByRole("dialog").getByRole("button", { name: "タグ" }).click();
    await page.getByLabel("ログイン名").waitFor();
    expect(await page.locator("body").textContent()).not.toContain("お客様 c1");
  });

  test("a thousand open chats: the list is paged, goes on at its end, and opens from its middle", async () => {
    for (let i = 0; i < 1000; i++)
      on.mock.add(`c${i}`, { waiting_since: new Date(Date.now() - (2000 - i) * 60_000).toISOString() });
    const page = await on.agent("mori");
    await expect.poll(() => page.locator(".chat-row").count()).toBe(50);
    await page.getByRole("button", { name: /待ち.*50\+件/ }).waitFor();
    await page
      .locator(".left .scroller")
      .first()
      .evaluate((each) => each.scrollTo(0, each.scrollHeight));
    await expect.poll(() => page.locator(".chat-row").count()).toBe(100);
    await openChat(page, "c70");
    await page.locator(".chat-title", { hasText: "お客様 c70" }).waitFor();
    expect(await page.locator(".chat-row").count()).toBeLessThanOrEqual(150);
  });
});

import { describe, expect, test } from "vitest";
import { order, rental } from "../../../dev/desk-mock-skills.mjs";
import { AXE, clean } from "../axe";
import { hasChromium } from "../harness";
import { openChat, reply, shot, takeChat, useDesk } from "./harness";

describe.skipIf(!hasChromium)("a customer's orders and rentals", () => {
  const on = useDesk();
  const add = (): void => {
    on.mock.add("c1", { things: { orders: [order()], rentals: [rental()] } });
  };

  test("a verdict leads to a dialog, the deed to a sentence for the reply, once", async () => {
    add();
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    const panel = page.getByRole("region", { name: "注文・レンタル" });
    await panel.getByText("このご注文は、いまキャンセルできます。").waitFor();
    const why = panel.getByText("お支払い方法が銀行振込のため、返品サービスの対象外です。");
    await why.waitFor();
    expect(await panel.getByRole("button", { name: "返品を申し込む" }).isDisabled()).toBe(true);
    await panel.getByRole("button", { name: "キャンセルする" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "キャンセルする" });
    await dialog.getByText("元には戻せません。").waitFor();
    on.mock.failDeeds = 1;
    await dialog.getByRole("button", { name: "キャンセルする" }).click();
    await dialog.getByText("二重には行われません").waitFor();
    await dialog.getByRole("button", { name: "キャンセルする" }).click();
    await panel.getByText("ご注文をキャンセルしました。").waitFor();
    expect(on.mock.deeds.map((each) => each.act)).toEqual(["order_cancel", "order_cancel"]);
    expect(new Set(on.mock.deeds.map((each) => each.key)).size).toBe(1);
    expect(on.mock.said).toEqual([]);
    await panel.getByText("この手続きは済んでいます。").waitFor();
    await shot(page, "skills-done");
    await panel.getByRole("button", { name: "返信に入れる", exact: true }).click();
    expect(await reply(page).inputValue()).toContain("ご注文をキャンセルしました。");
  });

  test("before the chat is taken everything is seen and nothing can be done", async () => {
    add();
    const page = await on.agent("mori");
    await openChat(page, "c1");
    const panel = page.getByRole("region", { name: "注文・レンタル" });
    await panel.getByText("手続きは、担当してからできます。").waitFor();
    expect(await panel.getByRole("button", { name: "キャンセルする" }).isDisabled()).toBe(true);
  });

  test("a number is looked up; what is not proven is said, with a question for the customer", async () => {
    on.mock.add("c1");
    on.mock.things = [order("A-20261110-0007", { proven: null })];
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    const panel = page.getByRole("region", { name: "注文・レンタル" });
    await panel.getByRole("searchbox").fill("A-20261110-0001");
    await page.keyboard.press("Enter");
    await panel.getByText("A-20261110-0001 は見つかりませんでした。").waitFor();
    await panel.getByRole("searchbox").fill("A-20261110-0007");
    await page.keyboard.press("Enter");
    await panel.getByText("本人確認がまだです。").waitFor();
    await panel.getByRole("button", { name: "確認のお願いを返信に入れる" }).click();
    expect(await reply(page).inputValue()).toContain("ご登録の電話番号かメールアドレス");
    const contact = panel.getByLabel("お客様からうかがった電話番号かメールアドレス");
    await contact.fill("09000000000");
    await contact.press("Enter");
    await panel.getByText("組み合わせを確認できませんでした。").waitFor();
    // the browser tells of the answer 422
    on.problems.splice(0);
    await contact.fill("09012345678");
    await contact.press("Enter");
    await expect.poll(() => panel.getByText("本人確認がまだです。").count()).toBe(0);
  });

  test("what has to be said is asked for, and sent as it is", async () => {
    add();
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    const panel = page.getByRole("region", { name: "注文・レンタル" });
    await panel.locator("summary", { hasText: "R-000123" }).click();
    await panel.getByRole("button", { name: "紛失・盗難を届け出る" }).click();
    const dialog = page.getByRole("dialog", { name: "紛失・盗難を届け出る" });
    await dialog.getByRole("button", { name: "紛失・盗難を届け出る" }).click();
    await dialog.getByText("入力していないところがあります。").waitFor();
    await dialog.getByLabel("どちらですか").selectOption("stolen");
    await dialog.getByLabel("いつ、どこで、どのように").fill("昨日、駅で");
    await shot(page, "skills-dialog");
    await dialog.getByRole("button", { name: "紛失・盗難を届け出る" }).click();
    await expect.poll(() => on.mock.deeds.length).toBe(1);
    expect(on.mock.deeds[0]?.body).toEqual({
      subject: "R-000123",
      loss: "stolen",
      circumstances: "昨日、駅で",
    });
  });

  test("a system that is away is said calmly, and the chat is open all the same", async () => {
    add();
    on.mock.systemsAway = true;
    const page = await on.agent("mori");
    await takeChat(page, "c1");
    const panel = page.getByRole("region", { name: "注文・レンタル" });
    await panel.getByText("注文を確かめられませんでした。").waitFor();
    // the browser tells of each answer 503
    on.problems.splice(0);
    on.mock.systemsAway = false;
    await panel.getByRole("button", { name: "もう一度確かめる" }).first().click();
    await panel.getByText("このご注文は、いまキャンセルできます。").waitFor();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`the panel and its dialog are accessible, ${colorScheme}, on a tablet too`, async () => {
      on.mock.add("c1", { things: { orders: [order(undefined, { proven: null })] } });
      const page = await on.agent("mori", {
        colorScheme,
        viewport: { width: 1024, height: 768 },
        bypassCSP: true,
      });
      await takeChat(page, "c1");
      await shot(page, `tablet-${colorScheme}`);
      await page.locator(".to-customer").click();
      await page.getByText("本人確認がまだです。").waitFor();
      await page.addScriptTag({ path: AXE });
      await clean(page, "panel");
      await shot(page, `skills-${colorScheme}`);
      await page.getByRole("button", { name: "キャンセルする" }).click();
      await page.getByRole("dialog").waitFor();
      await clean(page, "dialog");
    });
  }
});

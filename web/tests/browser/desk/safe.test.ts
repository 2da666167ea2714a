import { describe, expect, test } from "vitest";
import { AXE, clean } from "../axe";
import { hasChromium } from "../harness";
import { inLog, openChat, reply, row, shot, takeChat, useDesk } from "./harness";

const BAD = `<img src=x onerror="window.ran=1"><script>window.ran=1</script>`;

describe.skipIf(!hasChromium)("safe and for everyone", () => {
  const on = useDesk();

  test("stored markup in every field is text, and no field makes a link that runs", async () => {
    const run = "javascript:window.ran=1";
    const chat = on.mock.add(
      "c1",
      {
        customer: { name: BAD, member_id: BAD, verified: BAD },
        reason: BAD,
        goal: BAD,
        channel: BAD,
        site: BAD,
        tags: [BAD],
      },
      [BAD, run],
    );
    const card = {
      title: BAD,
      state: { label: BAD, tone: BAD },
      image: run,
      rows: [{ label: BAD, value: BAD, tone: BAD }],
      links: [
        { title: BAD, url: run },
        { title: "data", url: "data:text/html,<script>1</script>" },
      ],
    };
    on.mock.message(chat, "bot", BAD, {
      card,
      choices: [{ id: "x", title: BAD }],
      understanding: { title: BAD, confidence: 0.5 },
      delivery: { id: BAD, state: "parked", counted: 1, reason: BAD },
      attachments: [
        { id: "../../x", kind: BAD, name: BAD, state: "kept", content_type: "image/svg+xml", size: 1 },
        { id: "f2", kind: "file", name: BAD, state: "refused", content_type: "text/html", size: 1 },
      ],
    });
    chat.notes.push({ text: BAD });
    chat.packet = {
      goal: BAD,
      reason: BAD,
      identity: { level: BAD, member_id: BAD, proven: [BAD] },
      cards: [card],
      tried: [{ text: BAD, topic: BAD, at: BAD }],
      mood: BAD,
      suggestions: [{ topic: BAD, title: BAD, text: BAD }],
    };
    const page = await on.agent("mori");
    await openChat(page, "c1");
    await page.locator(".goal").waitFor();
    for (const details of await page.locator("details").all())
      await details.evaluate((each: HTMLDetailsElement) => {
        each.open = true;
      });
    const seen = await page.evaluate(() => ({
      ran: (window as unknown as { ran?: number }).ran,
      elements: document.querySelectorAll("#desk script, #desk iframe, #desk img[src=x], #desk [onerror]")
        .length,
      links: [...document.querySelectorAll<HTMLAnchorElement>("#desk a")].map((each) => each.protocol),
    }));
    expect(seen.ran).toBeUndefined();
    expect(seen.elements).toBe(0);
    expect(seen.links.filter((each) => !["http:", "https:", "mailto:", "tel:"].includes(each))).toEqual([]);
    expect(await page.locator(".goal").textContent()).toBe(BAD);
    expect(await page.locator("a.attachment").getAttribute("href")).toBe("/desk/api/attachments/..%2F..%2Fx");
    // a picture that could carry a program is not shown as one
    expect(await page.locator(".attachment img").count()).toBe(0);
  });

  const looks = [
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["forced colours", { forcedColors: "active" }],
    ["tablet", { viewport: { width: 1024, height: 768 } }],
    ["narrow", { colorScheme: "dark", viewport: { width: 390, height: 800 } }],
  ] as const;
  for (const [name, options] of looks) {
    test(`${name}: axe finds nothing in any state`, async () => {
      const old = new Date(Date.now() - 900_000).toISOString();
      on.mock.add("c1", { channel: "line", waiting_since: old, tags: ["VIP"], delivery_failed: true });
      on.mock.add("c2", { waiting_since: new Date(Date.now() - 240_000).toISOString() });
      const page = await on.visit({ ...options, bypassCSP: true });
      await page.addScriptTag({ path: AXE });
      await page.getByLabel("ログイン名").waitFor();
      await clean(page, "signed out");
      await page.getByLabel("ログイン名").fill("mori");
      await page.getByLabel("パスワード").fill("demo-mori");
      await page.getByRole("button", { name: "サインイン" }).click();
      await row(page, "c1").waitFor();
      await clean(page, "queue");
      await takeChat(page, "c1");
      const chat = on.mock.chats.get("c1");
      if (chat)
        on.mock.message(chat, "bot", "長い答え。".repeat(40), {
          understanding: { intent: "store_return", title: "返品の期限", confidence: 0.92 },
          delivery: { id: "d1", state: "parked", counted: 1, reason: "友だち解除" },
        });
      await page.getByRole("button", { name: "再送" }).waitFor();
      await clean(page, "chat");
      await shot(page, `${name}-chat`);
      on.mock.failSends = 1;
      await reply(page).fill("送れない返信");
      await reply(page).press("Control+Enter");
      await inLog(page, "もう一度送る").waitFor();
      await reply(page).pressSequentially(";");
      await page.locator(".canned [role=option]").first().waitFor();
      await clean(page, "failed answer, canned answers");
      await reply(page).fill("");
      await page.getByRole("button", { name: "メモ", exact: true }).click();
      await clean(page, "note");
      await page.getByRole("button", { name: "終了", exact: true }).last().click();
      await page.getByRole("dialog").waitFor();
      await clean(page, "closing");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "森 あかり" }).click();
      await page.locator(".sessions .tag").waitFor();
      await clean(page, "account");
      await page.keyboard.press("Escape");
      if (await page.locator(".to-customer").isVisible()) {
        await page.getByRole("button", { name: "お客様の情報" }).click();
        await page.locator(".goal").waitFor();
        await clean(page, "customer");
        await page.locator(".close-customer").click();
      }
      await page.getByRole("link", { name: "お問い合わせ", exact: true }).click();
      await page.locator(".chat-row", { hasText: "領収書" }).click();
      await page.locator(".inquiry-text").waitFor();
      await clean(page, "inquiry");
      await shot(page, `${name}-inquiry`);
    });
  }
});

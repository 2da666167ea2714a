import { describe, test } from "vitest";
import { bubble, hasChromium, openPanel, say, settled, shot, useStage } from "./harness";

/** Every state as a picture (SHOTS=1), and nothing refused by the strict CSP on the way. */
describe.skipIf(!hasChromium)("pictures", () => {
  const on = useStage();

  const looks = [
    { name: "desktop", options: {} },
    { name: "dark", options: { colorScheme: "dark" } },
    { name: "phone", options: { viewport: { width: 375, height: 720 }, hasTouch: true, isMobile: true } },
    { name: "zoom", options: { viewport: { width: 640, height: 360 } } },
  ] as const;

  for (const { name, options } of looks) {
    test(`${name}: greeting, answer, card, error, agent`, async () => {
      const page = await on.open(options);
      await shot(page, `${name}-0-closed`);
      await openPanel(page);
      await shot(page, `${name}-1-greeting`);
      on.mock.holdReplies();
      await say(page, "送料はいくらですか？");
      await page.locator(".typing").waitFor();
      await shot(page, `${name}-2-typing`);
      on.mock.releaseReplies();
      await bubble(page, "全品送料無料").waitFor();
      await say(page, "カードを見せて");
      await page.locator(".card").waitFor();
      await settled(page);
      await shot(page, `${name}-3-card`);
      await say(page, "エラー500になる文章");
      await page.locator(".problem").waitFor();
      await shot(page, `${name}-4-error`);
      await page.locator(".problem button").click();
      await page.locator(".problem").waitFor({ state: "detached" });
      await say(page, "リンクを見せて");
      await page.locator('a[href^="tel:"]').waitFor();
      await settled(page);
      await shot(page, `${name}-5-links`);
      on.mock.agentComes = false;
      await say(page, "担当者と話したい");
      await page.locator(".standing", { hasText: "お待ちの方 2人" }).waitFor();
      on.mock.takeOver(on.mock.last);
      on.mock.agentAnswers(on.mock.last);
      await page.locator(".message.agent").waitFor();
      await shot(page, `${name}-6-agent`);
      await page.locator(".log").evaluate((log) => log.scrollTo(0, 0));
      await page.locator(".jump").waitFor();
      await shot(page, `${name}-7-jump`);
    });
  }
});

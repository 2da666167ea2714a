/** Debian's Chromium, the built widget and the mock service; one of each per test file. */

import { existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type Mock, startMock } from "../../dev/mock-server.mjs";

export const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);
const SHOTS = fileURLToPath(new URL("./shots/", import.meta.url));

export interface Stage {
  mock: Mock;
  url: string;
  browser: Browser;
  /** Page errors and refused inline styles or scripts seen so far. */
  problems: string[];
  open(options?: BrowserContextOptions, query?: string): Promise<Page>;
  /** Closes every page and empties the mock. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** The stage for the tests of one file: cleared after each, which fails when a page had a problem. */
export const useStage = (): Stage => started(stage);

/** Starts a stage before the tests of the block around it, clears it after each and stops it after the last. */
export function started<S extends { clear(): Promise<void>; stop(): Promise<void>; problems: string[] }>(
  start: () => Promise<S>,
): S {
  // filled when the first test starts: the tests only close over it
  const on = {} as S;
  beforeAll(async () => {
    Object.assign(on, await start());
  });
  // nothing to stop where starting has failed
  afterAll(() => on.stop?.());
  afterEach(async () => {
    await on.clear();
    // taken out: the next test has problems of its own
    expect(on.problems.splice(0)).toEqual([]);
  });
  return on;
}

async function stage(): Promise<Stage> {
  const { mock, url, close } = await startMock();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      "--disable-quic",
    ],
  });
  const problems: string[] = [];
  return {
    mock,
    url,
    browser,
    problems,
    async open(options = {}, query = "site=store&hours=平日12:00〜17:00") {
      const context = await browser.newContext({
        locale: "ja-JP",
        viewport: { width: 1280, height: 800 },
        ...options,
      });
      const page = await context.newPage();
      watch(page, problems);
      await page.goto(`${url}/?${query}`);
      return page;
    },
    async clear() {
      for (const context of browser.contexts()) await context.close();
      mock.reset();
    },
    async stop() {
      await browser.close();
      await close();
    },
  };
}

export function watch(page: Page, problems: string[]): void {
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text());
  });
}

export async function openPanel(page: Page): Promise<void> {
  await page.locator(".launcher").click();
  await page.locator(".message.bot").first().waitFor();
  await settled(page);
}

/** Waits until what moves once has moved, in the page and in the widget, so that places and colours are final. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const moving = () => {
      const inside = document.querySelector("madoguchi-widget")?.shadowRoot?.getAnimations() ?? [];
      return [...document.getAnimations(), ...inside].filter(
        // the dots of the typing indicator never come to rest
        (each) => each.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY,
      );
    };
    for (let now = moving(); now.length > 0; now = moving())
      await Promise.allSettled(now.map((each) => each.finished));
  });
}

/**
 * From here on the page's clock moves only by `page.clock.runFor`, until `page.clock.resume`: what the widget
 * does after a time can be looked at before and after, however long the machine takes to look.
 */
export async function stopClock(page: Page): Promise<void> {
  const now = Date.now();
  await page.clock.install({ time: now });
  // it can only be stopped ahead of itself, and runs between the two calls
  await page.clock.pauseAt(now + 10_000);
}

/** What has the focus inside the widget, by its class. */
export const focused = (page: Page) =>
  page.evaluate(() => document.querySelector("madoguchi-widget")?.shadowRoot?.activeElement?.className);

export async function say(page: Page, text: string): Promise<void> {
  await page.locator("textarea").fill(text);
  await page.locator("textarea").press("Enter");
}

export const texts = (page: Page): Promise<string[]> => page.locator(".bubble").allTextContents();

/** Pictures to look at, kept out of the repository. */
export async function shot(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}${name}.png` });
}

export const bubble = (page: Page, text: string) => page.locator(".bubble", { hasText: text });

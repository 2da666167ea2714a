/** Debian's Chromium, the built desk and the mock of its API; one of each per test file. */

import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type DeskMock, startDeskMock } from "../../../dev/desk-mock.mjs";
import { CHROMIUM, started, watch } from "../harness";

const SHOTS = fileURLToPath(new URL("../shots/", import.meta.url));

export interface DeskStage {
  mock: DeskMock;
  url: string;
  browser: Browser;
  problems: string[];
  /** A new browser at the desk, signed in as the agent. */
  agent(login: "mori" | "hara" | "kubo" | "ueda" | "kanri", options?: BrowserContextOptions): Promise<Page>;
  /** A new browser at the desk, not signed in. */
  visit(options?: BrowserContextOptions): Promise<Page>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** The desk for the tests of one file: cleared after each, which fails when a page had a problem. */
export const useDesk = (): DeskStage => started(deskStage);

async function deskStage(): Promise<DeskStage> {
  const { mock, url, close } = await startDeskMock();
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
  });
  const problems: string[] = [];
  const visit = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({
      locale: "ja-JP",
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(Number(process.env.WAIT_MS ?? 30_000));
    const page = await context.newPage();
    watch(page, problems);
    await page.goto(`${url}/desk`);
    return page;
  };
  return {
    mock,
    url,
    browser,
    problems,
    visit,
    async agent(login, options) {
      const page = await visit(options);
      await signIn(page, login);
      await page.locator(".tabs").waitFor();
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

export async function signIn(page: Page, login: string, password = `demo-${login}`): Promise<void> {
  await page.getByLabel("ログイン名").fill(login);
  await page.getByLabel("パスワード").fill(password);
  await page.getByRole("button", { name: "サインイン" }).click();
}

export const row = (page: Page, id: string) => page.locator(`.chat-row[href="#/chat/${id}"]`);
export const reply = (page: Page) => page.locator(".composer textarea");
export const inLog = (page: Page, text: string) => page.locator(".log li", { hasText: text });

export async function openChat(page: Page, id: string): Promise<void> {
  await row(page, id).click();
  await page.locator(".chat-title").waitFor();
}

/** Opens a chat, takes it, and waits until it is the agent's. */
export async function takeChat(page: Page, id: string): Promise<void> {
  await openChat(page, id);
  await page.getByRole("button", { name: "担当する" }).click();
  await page.locator(".owner.mine").waitFor();
}

/** Pictures to look at, kept out of the repository. */
export async function shot(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}desk-${name}.png` });
}

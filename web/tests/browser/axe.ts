/** What axe-core finds in a page. */

import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { settled } from "./harness";

interface Axe {
  run(options: object): Promise<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>;
}

export const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Fails with what axe finds in the page once nothing moves; the script has to be there already. */
export async function clean(page: Page, state: string): Promise<void> {
  await settled(page);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: Axe };
    const result = await axe.run({ resultTypes: ["violations"] });
    return result.violations.flatMap((each) =>
      each.nodes.map((node) => `${each.id}: ${node.html} ${node.failureSummary}`),
    );
  });
  expect(found, state).toEqual([]);
}

/** What axe-core finds in a page. */

import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

export const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Fails with what axe finds in the page as it is; the script has to be there already. */
export async function clean(page: Page, state: string): Promise<void> {
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(
          options: object,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const result = await axe.run({ resultTypes: ["violations"] });
    return result.violations.flatMap((each) =>
      each.nodes.map((node) => `${each.id}: ${node.html} ${node.failureSummary}`),
    );
  });
  expect(found, state).toEqual([]);
}

import type { Locator } from "@playwright/test";

import { expect, test } from "./device";

const long = "cHNidP8BAH0CAAAAAe".repeat(60);

async function box(of: Locator) {
  const found = await of.boundingBox();
  if (!found) throw new Error(`${String(of)} is not shown`);
  return found;
}

/** Where the text that an element shows begins and ends. */
const textOf = (of: Locator) =>
  of.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { left, right } = range.getBoundingClientRect();
    return { left, right };
  });

test("what a button to copy says is in its middle, and it stays as it is when that was done", async ({ app, page }) => {
  await app.open("published", "#/requests/p2");
  const button = page.getByRole("button", { name: "Copy Transaction ID" });
  const before = await box(button);
  const middle = before.x + before.width / 2;
  for (const word of ["Copy", "Copied"]) {
    const { left, right } = await textOf(button.locator(".says", { hasText: new RegExp(`^${word}$`) }));
    expect(Math.abs((left + right) / 2 - middle), word).toBeLessThan(1);
  }
  await button.click();
  await expect(button.getByText("Copied")).toBeVisible();
  expect(await box(button)).toEqual(before);
});

test("all facts of a request begin on one line", async ({ app, page }) => {
  for (const [scenario, at] of [["spends", "q1"], ["solanaRequests", "q1"], ["requests", "q3"]] as const) {
    await app.open(scenario, `#/requests/${at}`);
    for (const language of ["en", "de"] as const) {
      await app.prefer({ language });
      const facts = await page.getByRole("main").locator("section").first().locator("dl dd").all();
      const lefts = await Promise.all(facts.map(async (fact) => Math.round((await box(fact)).x)));
      expect(new Set(lefts).size, `${scenario}, ${language}: ${lefts.join(" ")}`).toBe(1);
    }
  }
});

test("the button that looks a balance up again is in line with the rest, beside it and below it", async ({ app, page }) => {
  await app.open("solanaFunded", "#/wallet/w1");
  const card = page.getByTestId("balance");
  const button = card.getByRole("button", { name: "Look now" });
  const tokens = await box(card.getByRole("list"));
  expect(Math.abs((await textOf(button)).right - tokens.x - tokens.width), "ends where they do").toBeLessThan(1);
  await page.setViewportSize({ width: 420, height: 560 });
  const title = await box(card.getByText("Balance", { exact: true }));
  const moved = await box(button);
  expect(moved.y, "below").toBeGreaterThan(title.y + title.height);
  // The icon has some room of its own.
  expect(Math.abs((await box(button.locator(".icon"))).x - title.x), "begins where they do").toBeLessThan(1);
});

test("a long transaction is not cut through in the middle of a line", async ({ app, page }) => {
  await app.open("requests", "#/spend/w1");
  const field = page.getByRole("textbox");
  await field.fill(long);
  const { shown, line, above } = await field.evaluate((element) => {
    element.scrollTop = 0;
    const { lineHeight, paddingTop } = getComputedStyle(element);
    return { shown: element.clientHeight, line: parseFloat(lineHeight), above: parseFloat(paddingTop) };
  });
  // Letters begin a quarter of a line below its top.
  expect((shown - above) % line, "of the line that does not fit, nothing shows").toBeLessThan(line / 4);
});

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import type { ScenarioName } from "../src/backend/scenarios";
import { expect, test } from "./device";
import { type Place, screens } from "./screens";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const themes = ["light", "dark"] as const;
const languages = ["en", "de"] as const;
// The window as it opens, the smallest it gets, and both at 200 % zoom.
const sizes = {
  usual: { width: 1100, height: 800 },
  small: { width: 720, height: 560 },
  zoomed: { width: 550, height: 400 },
  smallest: { width: 360, height: 280 },
} as const;

type Look = `${(typeof themes)[number]} ${(typeof languages)[number]} ${keyof typeof sizes}`;

// Every theme meets every language and size meets some of both; all at once would find nothing more and take long.
const examined = new Set<Look>(["light en usual", "dark de usual", "dark en small", "light de zoomed"]);
const pictured = new Map<Look, string>([
  ["light en usual", "light/NAME"],
  ["dark en usual", "dark/NAME"],
  ["light de usual", "light/NAME-de"],
  ["dark en small", "dark/NAME-small"],
  ["light de zoomed", "light/NAME-de-zoomed"],
]);

for (const [scenario, places] of Object.entries(screens) as [ScenarioName, readonly Place[]][]) {
  for (const place of places) {
    const hash = typeof place === "string" ? place : place.at;
    const name = [scenario, ...hash.split("/").slice(1), ...(typeof place === "string" ? [] : [place.name])].join("-");

    test(`${name} can be read by everyone, in every theme, language and size`, async ({ app, page }) => {
      await app.open(scenario, hash);
      if (typeof place !== "string") await place.first(page);
      for (const language of languages) {
        await app.prefer({ language });
        for (const theme of themes) {
          await app.prefer({ theme });
          for (const [size, viewport] of Object.entries(sizes) as [keyof typeof sizes, { width: number; height: number }][]) {
            await page.setViewportSize(viewport);
            const look: Look = `${theme} ${language} ${size}`;
            expect.soft(await widerThanWindow(page), `${name}, ${look}: nothing sticks out`).toEqual([]);
            expect.soft(await largerThanWindow(page), `${name}, ${look}: the page itself does not scroll`).toEqual([]);
            const picture = pictured.get(look)?.replace("NAME", name);
            if (picture) await page.screenshot({ path: `../target/screenshots/ui/${picture}.png` });
            if (examined.has(look)) expect.soft(await violations(page), `${name}, ${look}: accessible`).toEqual([]);
          }
        }
      }
    });
  }
}

/** What axe has against the page, a line for each rule. */
async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).withTags(rules).setLegacyMode().analyze();
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target).join("; ")})`);
}

/** The elements in which one would have to scroll sideways. */
function widerThanWindow(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("html, main, nav, dialog, [role=dialog]")]
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element.localName} is ${element.scrollWidth} wide in ${element.clientWidth}`),
  );
}

/** By how much the page is larger than the window: what is long scrolls in the main column, and the side bar stays. */
function largerThanWindow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollHeight, scrollWidth } = document.documentElement;
    return [
      ...(scrollHeight > innerHeight ? [`${scrollHeight} high in ${innerHeight}`] : []),
      ...(scrollWidth > innerWidth ? [`${scrollWidth} wide in ${innerWidth}`] : []),
    ];
  });
}

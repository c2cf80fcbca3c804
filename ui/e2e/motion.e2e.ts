import { expect, test } from "./device";

for (const [wish, reducedMotion, moves] of [
  ["that nothing moves", "reduce", false],
  ["nothing of the kind", "no-preference", true],
] as const) {
  test(`a dialog ${moves ? "slides in" : "is there at once"} for a person whose system asks for ${wish}`, async ({ app, page }) => {
    await page.emulateMedia({ reducedMotion });
    await app.open("verified", "#/wallet/w1");
    await page.evaluate(() => {
      // Looked at with every frame, since what moves has ended soon.
      const seen = { count: 0 };
      Object.assign(globalThis, { seen });
      const look = () => {
        seen.count += document.getAnimations().length;
        requestAnimationFrame(look);
      };
      look();
    });
    await page.getByRole("button", { name: "Rename" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: { count: number } }).seen.count);
    expect(seen > 0, `${seen} animations`).toBe(moves);
  });
}

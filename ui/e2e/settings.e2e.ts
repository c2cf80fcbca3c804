import { expect, test } from "./device";

test("a setting that this desktop does not have stands in line with the others", async ({ app, page }) => {
  await app.open("configured", "#/settings/network");
  await app.answer("about", { version: "0.1.0", commit: null, platform: "linux", tray: false, tellsOfLock: false, licences: "" });
  await page.getByRole("link", { name: "General" }).click();
  const [there, missing] = await Promise.all(["Notifications", "Keep running in the tray"].map((name) => page.getByText(name, { exact: true }).boundingBox()));
  expect(missing?.x).toBe(there?.x);
  const card = await page.locator(".rows", { hasText: "Keep running in the tray" }).boundingBox();
  expect(missing && card && missing.x - card.x, "not at the card’s very edge").toBeGreaterThan(12);
});

import { session, settings } from "../src/backend/samples";
import { en as m } from "../src/messages/en";
import { type App, expect, test } from "./device";

/** Opens the menu with the keyboard. */
async function opened(app: App) {
  const button = app.page.getByRole("button", { name: "Menu of alice" });
  await app.reach(button);
  await app.press("Enter");
  const entry = (name: string) => app.page.getByRole("menuitem", { name });
  await expect(entry(m.appMenu.backup)).toBeFocused();
  return { button, entry };
}

for (const [name, title] of [
  [m.appMenu.backup, m.backup.title],
  [m.appMenu.restore, m.restore.title],
  [m.appMenu.shortcuts, m.settings.title],
  [m.appMenu.diagnostics, m.settings.title],
  [m.menu.about, m.settings.title],
] as const) {
  test(`the menu leads with “${name}” to “${title}”, and the focus with it`, async ({ app, page }) => {
    await app.open("empty");
    const { entry } = await opened(app);
    await entry(name).click();
    await expect(app.heading).toHaveText(title);
    await expect(page.getByRole("menu")).toBeHidden();
    // A menu that is gone gives the focus back a moment later, if it does.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await expect(app.heading).toBeFocused();
  });
}

test("the menu's button has the focus again, and says where the server stands", async ({ app, page }) => {
  await app.open("empty");
  const { button } = await opened(app);
  await page.keyboard.press("Control+n");
  await expect(app.heading, "keys do nothing behind a menu").toHaveText("Home");
  await app.press("Escape");
  await expect(button).toBeFocused();
  await expect(button).toHaveAccessibleDescription(m.server.status.connected);
});

test("the menu locks", async ({ app }) => {
  await app.open("empty");
  await app.publish({ settings: settings({ appPassphrase: true }) });
  const { entry } = await opened(app);
  await entry(m.menu.lock).click();
  await app.called("lock");
});

test("the menu quits, and asks before if something would end with it", async ({ app, page }) => {
  await app.open("empty");
  await app.publish({ sessions: [session()] });
  const { button, entry } = await opened(app);
  await entry(m.menu.quit).click();
  const dialog = page.getByRole("alertdialog", { name: m.close.title });
  await dialog.getByRole("button", { name: m.close.stay }).click();
  await expect(dialog).toBeHidden();
  expect(await app.calls()).toEqual([]);
  await app.publish({ sessions: [] });
  await button.click();
  await entry(m.menu.quit).click();
  await app.called("quit");
});

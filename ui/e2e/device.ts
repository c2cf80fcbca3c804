import { test as base, expect, type Locator, type Page } from "@playwright/test";

import type { Call, FakeBackend } from "../src/backend/fake";
import type { ScenarioName } from "../src/backend/scenarios";
import type { PreferencesChange } from "../src/bindings/PreferencesChange";
import type { Snapshot } from "../src/bindings/Snapshot";

declare global {
  var fakeBackend: FakeBackend;
}

/** More than any screen has places for the focus. */
const mostPresses = 80;

/** The app in a browser, with the invented device of a scenario behind it. */
export class App {
  constructor(readonly page: Page) {}

  /** Opens the app afresh at an address such as `#/home`. */
  async open(scenario: ScenarioName, hash = "#/home") {
    // A path of its own for every opening: a change of the fragment alone would not load the page.
    await this.page.goto(`/?scenario=${scenario}&hash=${encodeURIComponent(hash)}${hash}`);
    await expect(this.heading).toBeVisible();
  }

  get heading() {
    return this.page.getByRole("heading", { level: 1 });
  }

  /** Shows the device's state with `change` applied. */
  async publish(change: Partial<Snapshot>) {
    await this.page.evaluate((change) => globalThis.fakeBackend.publish(change), change);
  }

  /** Changes settings of the person, such as the theme. */
  async prefer(preferences: PreferencesChange) {
    await this.page.evaluate((changed) => globalThis.fakeBackend.prefer(changed), preferences);
  }

  /** From now on `command` resolves to `answer`. */
  async answer(command: Call[0], answer: unknown) {
    await this.page.evaluate(([command, answer]) => globalThis.fakeBackend.answer(command, answer), [command, answer] as const);
  }

  calls(): Promise<Call[]> {
    return this.page.evaluate(() => globalThis.fakeBackend.calls);
  }

  /** Presses Tab until `control` has the focus, as somebody without a mouse does. */
  async reach(control: Locator) {
    for (let presses = 0; presses < mostPresses; presses++) {
      if (await control.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${String(control)} can't be reached with Tab`);
  }

  /** Presses a key; the focus must then be somewhere, or a keyboard's user is lost. */
  async press(key: string) {
    await this.page.keyboard.press(key);
    await this.expectFocus();
  }

  async expectFocus() {
    await expect.poll(() => this.focus(), { message: "something has the focus" }).not.toBe("nothing");
  }

  /** Waits until `command` was called, and gives what it was called with. */
  async called(command: Call[0]): Promise<unknown[]> {
    const found = async () => (await this.calls()).findLast(([name]) => name === command);
    await expect.poll(async () => (await found()) !== undefined, { message: `${command} was called` }).toBe(true);
    const [, ...args] = (await found()) ?? [command];
    return args;
  }

  /** What has the keyboard's focus, as a short text; `nothing` where a keyboard user would be lost. */
  focus(): Promise<string> {
    return this.page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return "nothing";
      const name = focused.getAttribute("aria-label") ?? focused.textContent;
      return `${focused.localName}: ${name.trim().slice(0, 60)}`;
    });
  }
}

/** A test with the app; fails if the browser's console had anything to complain of. */
export const test = base.extend<{ app: App }>({
  app: async ({ page }, use) => {
    const complaints: string[] = [];
    // The app has none, and Chromium asks for it.
    await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await use(new App(page));
    expect(complaints, "the browser's console stays silent").toEqual([]);
  },
});

export { expect };

import { existsSync } from "node:fs";

import { defineConfig, type LaunchOptions } from "@playwright/test";

const port = Number(process.env["PERMAFROST_UI_PORT"] ?? 4319);
const preview = "--config e2e/vite.config.ts --configLoader runner --logLevel warn";
const address = `http://127.0.0.1:${port}`;

/** Tests of the interface in a real browser, with an invented device behind it. */
export default defineConfig({
  testDir: "e2e",
  testMatch: "*.e2e.ts",
  outputDir: "../target/playwright",
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  globalTimeout: 15 * 60_000,
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["line"]],
  use: {
    baseURL: address,
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1100, height: 800 },
    contextOptions: { reducedMotion: "reduce" },
    // Chromium has no sandbox as root.
    launchOptions: { ...browser(), chromiumSandbox: process.getuid?.() !== 0 },
  },
  webServer: {
    command: `npx vite build ${preview} && npx vite preview ${preview} --host 127.0.0.1 --port ${port}`,
    url: address,
    reuseExistingServer: false,
    timeout: 120_000,
  },
});

/** The system's own Chromium or Chrome, so that nothing is downloaded. */
function browser(): LaunchOptions {
  const path = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  return existsSync(path) ? { executablePath: path } : { channel: "chrome" };
}

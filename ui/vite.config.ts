import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  // WebKitGTK 2.40 and the system webviews of the other platforms' supported releases.
  build: { target: "safari16", assetsInlineLimit: 0 },
  server: { port: 1420, strictPort: true },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    // Other work on the same machine makes no test fail.
    testTimeout: 30_000,
  },
});

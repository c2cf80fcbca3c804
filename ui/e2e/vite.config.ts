import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { mergeConfig } from "vite";

import app from "../vite.config";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The interface with the fake backend, apart from the app's own build and under the app's content policy. */
export default mergeConfig(app, {
  root: path(".."),
  mode: "fake",
  build: { outDir: path("../../target/ui-fake"), emptyOutDir: true, reportCompressedSize: false },
  preview: { strictPort: true, headers: { "Content-Security-Policy": contentPolicy() } },
});

function contentPolicy(): string {
  const { app } = JSON.parse(readFileSync(path("../../src-tauri/tauri.conf.json"), "utf8")) as {
    app: { security: { csp: Record<string, string> } };
  };
  return Object.entries(app.security.csp)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join("; ");
}

import { fileURLToPath } from "node:url";

import { build } from "vite";

import { expect, test } from "./device";

const root = fileURLToPath(new URL("..", import.meta.url));

test("the app's own build has nothing of the invented devices", async () => {
  const built = await build({ root, configFile: `${root}/vite.config.ts`, configLoader: "runner", logLevel: "error", build: { write: false } });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) => ("output" in result ? result.output : []));
  const code = outputs.flatMap((output) => (output.type === "chunk" ? [output.code] : [])).join("\n");
  expect(code, "the build was looked at").toContain("subscribe");
  expect(code).not.toContain("fakeBackend");
  expect(code).not.toContain("Family savings");
});

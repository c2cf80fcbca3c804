import { fileURLToPath } from "node:url";

import { build } from "vite";

import { expect, test } from "./device";

const root = fileURLToPath(new URL("..", import.meta.url));

test("the app's own build has nothing of the invented devices", async () => {
  const code = (await chunks()).map((chunk) => chunk.code).join("\n");
  expect(code, "the build was looked at").toContain("subscribe");
  expect(code).not.toContain("fakeBackend");
  expect(code).not.toContain("Family savings");
});

test("the first screen needs little of the app", async () => {
  const all = await chunks();
  const needed = new Set(all.filter(({ isEntry }) => isEntry));
  for (const { imports } of needed) for (const chunk of all) if (imports.includes(chunk.fileName)) needed.add(chunk);
  const code = [...needed].map((chunk) => chunk.code).join("\n");
  expect(code, "it was looked at").toContain("subscribe");
  expect(code.length, "in characters, since each takes its time before anything is shown").toBeLessThan(340_000);
});

async function chunks() {
  const built = await build({ root, configFile: `${root}/vite.config.ts`, configLoader: "runner", logLevel: "error", build: { write: false } });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((result) => ("output" in result ? result.output : []));
  return outputs.filter((output) => output.type === "chunk");
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { createRawSnippet } from "svelte";
import { expect, it } from "vitest";

import Disclosure from "../src/components/Disclosure.svelte";

const root = join(import.meta.dirname, "../src");

it("what is not always shown is opened in the same way everywhere", () => {
  const components = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".svelte"));
  expect(components.filter((path) => readFileSync(join(root, path), "utf8").includes("<details"))).toEqual([join("components", "Disclosure.svelte")]);
});

it("is shown when it is asked for", async () => {
  render(Disclosure, { text: "More", note: "two things", children: createRawSnippet(() => ({ render: () => "<p>Inside</p>" })) });
  const summary = screen.getByText("More");
  expect(screen.getByText("two things")).toBeVisible();
  expect(screen.getByText("Inside")).not.toBeVisible();
  await userEvent.click(summary);
  expect(screen.getByText("Inside")).toBeVisible();
});

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "../src/styles/tokens.css"), "utf8");
const [light = "", dark = ""] = css.split(':root[data-theme="dark"]');

function colours(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, hex]) => [name ?? "", hex ?? ""]));
}

/** Relative luminance, as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

const text: [string, string][] = [
  ...["bg", "surface", "raised", "sunken", "accent-soft", "ok-soft", "warn-soft", "danger-soft"].map((on): [string, string] => ["text", on]),
  ...["bg", "surface", "raised", "sunken", "accent-soft"].map((on): [string, string] => ["muted", on]),
  ...["surface", "raised", "sunken", "accent-soft", "bg"].map((on): [string, string] => ["accent", on]),
  ...["ok", "warn", "danger"].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    [tone, "surface"],
    [tone, "raised"],
  ]),
  ["danger", "bg"],
  ["on-accent", "accent"],
  ["on-accent", "accent-hover"],
  ["on-danger", "danger"],
  ["on-danger", "danger-hover"],
];

describe.each([
  ["light", colours(light)],
  ["dark", colours(dark)],
])("in the %s theme", (_, theme) => {
  const colour = (name: string) => theme.get(name) ?? expect.fail(`no colour ${name}`);

  it.each(text)("%s can be read on %s (AA)", (front, back) => {
    expect(contrast(colour(front), colour(back))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["surface", "raised", "bg"])("the edges of controls can be seen on %s (AA)", (back) => {
    expect(contrast(colour("line-strong"), colour(back))).toBeGreaterThanOrEqual(3);
  });
});

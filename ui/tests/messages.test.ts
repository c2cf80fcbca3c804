import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "svelte/compiler";
import { describe, expect, it } from "vitest";

import { duration, m } from "../src/messages";
import { de } from "../src/messages/de";
import { en } from "../src/messages/en";

const root = join(import.meta.dirname, "../src");
const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(svelte|ts)$/.test(path) && !/^(bindings|messages)\//.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

interface Node {
  type: string;
  name?: string;
  data?: string;
  [key: string]: unknown;
}

const spoken = new Set(["aria-label", "title", "placeholder", "alt", "label", "text", "hint"]);
const hasLetters = (text: string) => /\p{L}/u.test(text);

/** The texts in a component's markup that do not come from the catalogue. */
function literals(node: unknown, found: string[] = [], parent?: Node): string[] {
  if (Array.isArray(node)) {
    for (const each of node) literals(each, found, parent);
  } else if (typeof node === "object" && node !== null) {
    const it = node as Node;
    const isSpoken = parent?.type !== "Attribute" || spoken.has(parent.name ?? "");
    if (it.type === "Text" && isSpoken && hasLetters(it.data ?? "")) found.push((it.data ?? "").trim());
    for (const child of Object.values(it)) {
      if (typeof child === "object") literals(child, found, it.type ? it : parent);
    }
  }
  return found;
}

/** The catalogue's entries as the paths by which the code names them. */
function paths(catalogue: object, prefix = ""): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "object" && value !== null ? paths(value as object, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

describe("the message catalogue", () => {
  it.each(sources.filter(({ path }) => path.endsWith(".svelte")))(
    "holds every text that $path shows",
    ({ text }) => {
      expect(literals(parse(text, { modern: true }).fragment)).toEqual([]);
    },
  );

  it("has no entry that nothing shows", () => {
    const code = sources.map(({ text }) => text).join("\n");
    const unused = paths(m).filter((path) => {
      const parts = path.split(".");
      // An entry is reached by its full path or through what contains it, where that is named as a whole.
      return !parts.some((_, index) => {
        const named = `m.${parts.slice(0, parts.length - index).join(".")}`;
        return new RegExp(`${escape(named)}${index === 0 ? "\\b" : "(?![\\w.])"}`).test(code);
      });
    });
    expect(unused.filter((path) => !path.startsWith("time."))).toEqual([]);
  });

  it.each([
    ["English", en],
    ["German", de],
  ])("leaves no %s entry empty, but a note that has nothing to say", (_, catalogue) => {
    const empty = entries(catalogue).filter(([, text]) => text === "");
    expect(empty.map(([path]) => path).filter((path) => !/^network\.\w+\.note$/.test(path))).toEqual([]);
  });

  it("has a text of its own in German for everything that is not a name, a unit or the same word", () => {
    const german = new Map(entries(de));
    const same = entries(en).filter(([path, text]) => said(text) === said(german.get(path)));
    expect(same.map(([path]) => path).filter((path) => !alike.some((known) => known.test(path)))).toEqual([]);
  });
});

/** What reads the same in both languages. */
const alike = [
  /^app\.(name|wallets)$/,
  /^chain\.\w+(-tr)?\.suite$/,
  /^chain\.(ed25519|secp256k1-tr)\.name$/,
  /^networks\.\w+net\d?$/,
  /^networks\.(signet|regtest)$/,
  /^server\.placeholder$/,
  /^session\.consent\.wallet$/,
  /^wallet\.presence\.direct$/,
  /^home\.walletsTitle$/,
  /^settings\.language\.(en|de)$/,
  /^hosting\.port$/,
  /^ice\.placeholder$/,
  /^nodes\.cookiePlaceholder$/,
  /^about\.(version|commit)$/,
  /^transfer\.(sol|token)$/,
  /^keystore\.passphrase$/,
  /^requests\.(facts\.wallet|file\.hash)$/,
  /^spend\.(rate|sats|btc|block)$/,
  /^sign\.text$/,
  /^time\./,
];

function entries(catalogue: object, prefix = ""): [string, unknown][] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "object" && value !== null
      ? entries(value as object, `${prefix}${key}.`)
      : ([[`${prefix}${key}`, value]] as [string, unknown][]),
  );
}

/** The text of an entry; of one with arguments, what it says of some. */
function said(text: unknown): unknown {
  if (typeof text !== "function") return text;
  const samples: unknown[][] = [[3, 7, 9], ["alice", "bob", "x"], [["alice", "bob"], ["charlie"]]];
  return samples
    .map((sample) => {
      try {
        return String((text as (...args: unknown[]) => unknown)(...sample));
      } catch {
        return "";
      }
    })
    .join("|");
}

function escape(text: string): string {
  return text.replace(/[.[\]]/g, "\\$&");
}

describe("durations", () => {
  it.each([
    [-5, "0 s"],
    [900, "1 s"],
    [59_000, "59 s"],
    [61_000, "1:01 min"],
    [3_600_000, "1 h 0 min"],
    [86_400_000 - 1, "24 h 0 min"],
  ])("of %i ms read %s", (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

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
  [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** A source's syntax tree; one of TypeScript alone is read as a component without markup. */
function treeOf({ path, text }: { path: string; text: string }) {
  const component = path.endsWith(".svelte") ? text : `<script lang="ts">${text}</script>`;
  return parse(component, { modern: true });
}

const trees = sources.map((source) => ({ path: source.path, tree: treeOf(source) }));

/** Calls `visit` with every node and those that it is in, the innermost last. */
function walk(value: unknown, visit: (node: Node, within: readonly Node[]) => void, within: readonly Node[] = []) {
  if (Array.isArray(value)) {
    for (const each of value) walk(each, visit, within);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  if (isNode(value)) visit(value, within);
  const inside = isNode(value) ? [...within, value] : within;
  for (const [key, child] of Object.entries(value)) if (key !== "comments" && key !== "metadata") walk(child, visit, inside);
}

const spoken = new Set(["aria-label", "title", "placeholder", "alt", "label", "text", "hint"]);
const hasLetters = (text: string) => /\p{L}/u.test(text);
/** Two words in a row, in what is neither markup nor a style. */
const isProse = (text: string) => /\p{L}{2,}[,.:;!?]?\s+\p{L}{2,}/u.test(text) && !/[<>=]|^\(|^\d+em /.test(text);

/** The text that a node holds by itself. */
function textOf(node: Node): string {
  if (node.type === "Text") return String(node["data"]);
  if (node.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node.type === "TemplateElement") return (node["value"] as { cooked: string }).cooked;
  return "";
}

/** What takes a selector. */
const finds = /^(querySelector|querySelectorAll|closest|matches|matchMedia)$/;

/** What no person reads: a type, a module's name, a comparison, a key, an error for whoever develops. */
function isForMachines(node: Node, within: readonly Node[]): boolean {
  const parent = within.at(-1);
  if (within.some(({ type }) => type.startsWith("TS") && type !== "TSAsExpression" && type !== "TSSatisfiesExpression" && type !== "TSNonNullExpression")) return true;
  if (within.some(({ type }) => type === "ThrowStatement" || type === "ImportDeclaration" || type === "ImportExpression")) return true;
  if (within.some((each) => each.type === "CallExpression" && finds.test(String(((each["callee"] as Node)["property"] as Node | undefined)?.["name"])))) return true;
  if (parent?.type === "BinaryExpression" && parent["operator"] !== "+") return true;
  if (parent?.type === "SwitchCase" && parent["test"] === node) return true;
  if (within.some((each, at) => each.type === "MemberExpression" && each["property"] === (within[at + 1] ?? node))) return true;
  return parent?.type === "Property" && parent["key"] === node;
}

/** The texts in a component's markup, in an expression there too, that do not come from the catalogue. */
function literals(fragment: unknown): string[] {
  const found: string[] = [];
  walk(fragment, (node, within) => {
    const text = textOf(node).trim();
    if (!hasLetters(text) || isForMachines(node, within)) return;
    const attribute = within.findLast(({ type }) => type === "Attribute" || type === "StyleDirective" || type === "ClassDirective");
    if (attribute && !spoken.has(String(attribute["name"]))) return;
    // What is handed to a function or compared with is no text on the screen yet; prose is, wherever it stands.
    const isShown = node.type === "Text" || !within.some(({ type }) => type === "CallExpression" || type === "ArrowFunctionExpression");
    const isBlock = within.some(({ type }) => type === "ConstTag") || within.some((each, at) => /Block$/.test(each.type) && isExpressionOf(each, within[at + 1] ?? node));
    if (isProse(text) || (isShown && !isBlock)) found.push(text);
  });
  return found;
}

/** Whether `child` is what a block such as `{#if}` decides by, not what it shows. */
function isExpressionOf(block: Node, child: Node): boolean {
  return block["test"] === child || block["expression"] === child || block["key"] === child;
}

/** Prose in code that does not come from the catalogue. */
function prose(code: unknown): string[] {
  const found: string[] = [];
  walk(code, (node, within) => {
    const text = textOf(node).trim();
    if (node.type !== "Text" && isProse(text) && !isForMachines(node, within)) found.push(text);
  });
  return found;
}

/** The catalogue's entries as the paths by which the code names them. */
function paths(catalogue: object, prefix = ""): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "object" && value !== null ? paths(value as object, `${prefix}${key}.`) : [`${prefix}${key}`],
  );
}

/** Where code reaches into the catalogue: the steps from `m`, and how it goes on from there. */
interface Reach {
  steps: (string | RegExp)[];
  /** All that is below, or what is taken out of it by these names. */
  below: "all" | ReadonlySet<string>;
}

/** Whatever a value may be that code chooses an entry by stands somewhere in the code or in the types of its data. */
const keys = new Set<string>();

/** The names by which a file takes something out of an object. */
function namesTaken(tree: unknown): Set<string> {
  const names = new Set<string>();
  walk(tree, (node) => {
    if (node.type === "MemberExpression" && !node["computed"]) names.add(String((node["property"] as Node)["name"]));
    if (node.type === "Property") names.add(String((node["key"] as Node)["name"]));
  });
  return names;
}

function reaches(tree: unknown): Reach[] {
  const found: Reach[] = [];
  const taken = namesTaken(tree);
  walk(tree, (node, within) => {
    if (node.type !== "Identifier" || node["name"] !== "m") return;
    const steps: (string | RegExp)[] = [];
    let at = within.length - 1;
    let inner = node;
    for (; at >= 0; at--) {
      const outer = within[at] as Node;
      if (outer.type !== "MemberExpression" || outer["object"] !== inner) break;
      steps.push(stepOf(outer));
      inner = outer;
    }
    const user = within[at];
    if (steps.length === 0) return;
    const pattern = user?.type === "VariableDeclarator" ? (user["id"] as Node) : undefined;
    if (pattern?.type === "ObjectPattern") {
      const names = (pattern["properties"] as Node[]).map(({ key }) => String((key as Node)["name"]));
      found.push(...names.map((name) => ({ steps: [...steps, name], below: taken })));
    } else {
      // Handed to somebody as it is, or kept in a variable.
      found.push({ steps, below: user?.type === "CallExpression" || user?.type === "SpreadElement" ? "all" : taken });
    }
  });
  return found;
}

function stepOf({ computed, property }: Node): string | RegExp {
  const { type, name, value, quasis } = property as Node & { quasis: Node[] };
  if (computed !== true) return String(name);
  if (type === "Literal") return String(value);
  const fixed = type === "TemplateLiteral" ? quasis.map((each) => escape(textOf(each))) : ["", ""];
  return new RegExp(`^${fixed.join("(.+)")}$`);
}

function isReached(path: string, { steps, below }: Reach): boolean {
  const parts = path.split(".");
  const goes = steps.every((step, at) => {
    const part = parts[at];
    if (part === undefined) return false;
    if (typeof step === "string") return step === part;
    const [, chosen] = step.exec(part) ?? [];
    return chosen !== undefined && keys.has(chosen);
  });
  const rest = parts.slice(steps.length);
  return goes && rest.every((part) => below === "all" || below.has(part));
}

describe("the message catalogue", () => {
  it.each(trees.filter(({ path }) => path.endsWith(".svelte")))("holds every text that $path shows", ({ tree }) => {
    expect(literals(tree.fragment)).toEqual([]);
    expect([...prose(tree.instance), ...prose(tree.module)]).toEqual([]);
  });

  // What the invented device says is its own, as what the real one says is.
  it.each(trees.filter(({ path }) => path.endsWith(".ts") && !path.startsWith("backend/")))("holds every text that $path says", ({ tree }) => {
    expect(prose(tree.instance)).toEqual([]);
  });

  it("has no entry that nothing shows", () => {
    const bindings = readdirSync(join(root, "bindings")).map((name) => treeOf({ path: name, text: readFileSync(join(root, "bindings", name), "utf8") }));
    for (const tree of [...trees.map(({ tree }) => tree), ...bindings]) {
      walk(tree, (node) => {
        if (node.type === "Literal" && typeof node["value"] === "string") keys.add(node["value"]);
        if (node.type === "Property" && (node["key"] as Node).type === "Identifier") keys.add(String((node["key"] as Node)["name"]));
      });
    }
    const reached = trees.flatMap(({ tree }) => reaches(tree));
    const unused = paths(m).filter((path) => !reached.some((reach) => isReached(path, reach)));
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
  /^settings\.(language\.(en|de)|unit\.(btc|sat))$/,
  /^hosting\.port$/,
  /^ice\.placeholder$/,
  /^nodes\.(cookie|server)Placeholder$/,
  /^about\.(version|commit)$/,
  /^transfer\.(sol|token)$/,
  /^(pay\.sol|solanaServers\.network)$/,
  /^sendBitcoin\.(units\.(btc|sat)|perByte)$/,
  /^keystore\.passphrase$/,
  /^requests\.(facts\.wallet|file\.hash)$/,
  /^spend\.(rate|sats|btc|block)$/,
  /^sign\.text$/,
  /^sendBitcoin\.units\./,
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

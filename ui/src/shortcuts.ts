import type { MenuAction } from "./bindings/MenuAction";
import { m } from "./messages";

/** What the keyboard and the system's menus can do from everywhere. */
export type Shortcut = MenuAction | "shortcuts" | "quit";

const isMac = /mac/i.test(navigator.userAgent);

/** The keys that go with Control, or with Command on a Mac; in the order in which they are listed. */
export const shortcuts: readonly (readonly [Shortcut, string])[] = [
  ["home", "1"],
  ["create", "n"],
  ["join", "j"],
  ["requests", "2"],
  ["contacts", "3"],
  ["settings", ","],
  ["lock", "l"],
  ["shortcuts", "/"],
  ["quit", "q"],
];

/** What a press of keys asks for. */
export function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  const { ctrlKey, metaKey, altKey, shiftKey, key } = event;
  if (altKey || (isMac ? !metaKey || ctrlKey : !ctrlKey || metaKey)) return undefined;
  // Some keyboards need Shift for the slash.
  if (shiftKey && key !== "/") return undefined;
  return shortcuts.find(([, wanted]) => wanted === key.toLowerCase())?.[0];
}

/** The keys of a shortcut as they are written on a keyboard. */
export function keysOf(wanted: Shortcut): string[] | undefined {
  const key = shortcuts.find(([shortcut]) => shortcut === wanted)?.[1];
  return key === undefined ? undefined : [isMac ? "⌘" : m.shortcuts.control, key.toUpperCase()];
}

/** The same for hints, such as `Ctrl+N`. */
export function keyText(shortcut: Shortcut): string | undefined {
  return keysOf(shortcut)?.join("+");
}

/** The same as `aria-keyshortcuts` has it, in every language. */
export function ariaKeys(wanted: Shortcut): string | undefined {
  const key = shortcuts.find(([shortcut]) => shortcut === wanted)?.[1];
  return key === undefined ? undefined : `${isMac ? "Meta" : "Control"}+${key.toUpperCase()}`;
}

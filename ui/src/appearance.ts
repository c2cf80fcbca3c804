import type { LanguageChoice } from "./bindings/LanguageChoice";
import type { Theme } from "./bindings/Theme";
import { currentLanguage, setLanguage } from "./messages";

/** Theme and language as they were chosen. */
export interface Appearance {
  theme: Theme;
  language: LanguageChoice;
}

const memory = "appearance";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** Shows the choices, and remembers them for the next start: `public/appearance.js` reads them before anything is drawn. */
export function show({ theme, language }: Appearance) {
  setLanguage(language);
  const root = document.documentElement;
  root.lang = currentLanguage();
  root.dataset.theme = theme === "dark" || (theme === "system" && dark.matches) ? "dark" : "light";
  try {
    localStorage.setItem(memory, JSON.stringify({ theme, language }));
  } catch {
    // Then the next start begins as the system has it.
  }
}

/** The choices of last time. */
export function remembered(): Appearance {
  try {
    const { theme, language } = JSON.parse(localStorage.getItem(memory) ?? "{}") as Partial<Appearance>;
    return { theme: theme ?? "system", language: language ?? "system" };
  } catch {
    return { theme: "system", language: "system" };
  }
}

/** Calls `listener` when the system's theme changes. */
export function onSystemTheme(listener: () => void): () => void {
  dark.addEventListener("change", listener);
  return () => dark.removeEventListener("change", listener);
}

import { de } from "./de";
import { en, type Messages } from "./en";

const catalogues = { en, de };

export type Language = keyof typeof catalogues;

export const languages = Object.keys(catalogues) as Language[];

let choice = $state.raw<Language | "system">("system");
let ofSystem = $state.raw(preferred());
const current = $derived(choice === "system" ? ofSystem : choice);

/** The catalogue in use. Whatever shows a text of it shows it anew when the language changes. */
export const m: Messages = new Proxy(en, {
  get: (_, group) => Reflect.get(catalogues[current], group) as unknown,
});

export function currentLanguage(): Language {
  return current;
}

/** Shows everything in that language from now on. */
export function setLanguage(language: Language | "system") {
  choice = language;
}

/** The first of the system's languages that there is a catalogue for. */
function preferred(): Language {
  for (const tag of navigator.languages) {
    const language = languages.find((known) => tag.toLowerCase().split("-")[0] === known);
    if (language) return language;
  }
  return "en";
}

addEventListener("languagechange", () => (ofSystem = preferred()));

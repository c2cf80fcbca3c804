export { errorText } from "./errors";
export { day, duration, moment } from "./format";
export { currentLanguage, type Language, languages, m, setLanguage } from "./language.svelte";

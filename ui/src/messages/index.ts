export { errorText, loadErrors } from "./errors.svelte";
export { day, decimal, duration, minutes, moment } from "./format";
export { currentLanguage, type Language, languages, m, setLanguage } from "./language.svelte";

import type { ErrorView } from "../bindings/ErrorView";
import type { MessagePart } from "../bindings/MessagePart";
import { currentLanguage } from "./language.svelte";

type Texts = Partial<Record<string, (values: never) => string>>;

let german = $state.raw<Texts>();
let loading: Promise<void> | undefined;

/** Loads what errors say in other languages than the device's own, English; resolves when it is there. */
export async function loadErrors(): Promise<void> {
  await (loading ??= import("./de/errors").then(({ errors }) => void (german = errors)));
}

/** What an error says to people, in the language in use; in English until that is loaded, or if this window is older than the error. */
export function errorText({ message, parts }: ErrorView): string {
  if (currentLanguage() === "en" || parts.length === 0) return message;
  const texts = parts.map(text);
  return texts.includes(undefined) ? message : texts.join(" ");
}

function text({ id, values }: MessagePart): string | undefined {
  return german?.[id]?.(values as never);
}

import type { ErrorView } from "../bindings/ErrorView";
import type { MessagePart } from "../bindings/MessagePart";
import { errors as german } from "./de/errors";
import { currentLanguage } from "./language.svelte";

/** What an error says to people, in the language in use; in English if this window is older than the error. */
export function errorText({ message, parts }: ErrorView): string {
  if (currentLanguage() === "en" || parts.length === 0) return message;
  const texts = parts.map(text);
  return texts.includes(undefined) ? message : texts.join(" ");
}

function text({ id, values }: MessagePart): string | undefined {
  const say = (german as Partial<Record<string, (values: never) => string>>)[id];
  return say?.(values as never);
}

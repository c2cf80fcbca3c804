import type { ErrorView } from "../bindings/ErrorView";

/** What an error says to people. */
export function errorText(error: ErrorView): string {
  return error.message;
}

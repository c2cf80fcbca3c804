/** Reached only if a union gained a case that its reader does not know: the compiler refuses that. */
export function unreachable(value: never): never {
  throw new Error(`unknown case: ${JSON.stringify(value)}`);
}

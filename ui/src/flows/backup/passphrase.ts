/** As the device demands it. */
export const shortest = 10;
/** Four words, or as many random characters as nobody tries out. */
const good = 20;

export type Strength = { level: "short"; left: number } | { level: "fair" } | { level: "good" };

/** How good a passphrase is by its length alone; whether it can be guessed is not known here. */
export function strengthOf(passphrase: string): Strength {
  const length = [...passphrase].length;
  if (length < shortest) return { level: "short", left: shortest - length };
  return { level: length >= good && new Set(passphrase).size >= 8 ? "good" : "fair" };
}

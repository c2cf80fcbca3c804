/** How many digits SOL has after the point. */
const decimals = 9;

/** An amount of SOL in lamports; none if it is no such amount. */
export function lamportsOf(sol: string): bigint | undefined {
  const [, whole, part = ""] = new RegExp(`^(\\d+)(?:\\.(\\d{1,${decimals}}))?$`).exec(sol) ?? [];
  return whole === undefined ? undefined : BigInt(whole + part.padEnd(decimals, "0"));
}

/** Lamports in SOL, without needless digits. */
export function solOf(lamports: bigint): string {
  const digits = String(lamports).padStart(decimals + 1, "0");
  const part = digits.slice(-decimals).replace(/0+$/, "");
  return digits.slice(0, -decimals) + (part && `.${part}`);
}

/** What amounts of SOL are together, to the last lamport; none if one of them is no such amount. */
export function sumOf(amounts: readonly string[]): string | undefined {
  let sum = 0n;
  for (const amount of amounts) {
    const lamports = lamportsOf(amount);
    if (lamports === undefined) return undefined;
    sum += lamports;
  }
  return solOf(sum);
}

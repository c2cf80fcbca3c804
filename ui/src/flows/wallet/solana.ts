import type { SolanaTransactionView } from "../../bindings/SolanaTransactionView";
import { m } from "../../messages";

/** What came in or went out: an amount without its sign, and of what. */
export interface Change {
  incoming: boolean;
  amount: string;
  /** The mint; none for SOL. */
  mint?: string;
}

export function changes({ effect }: SolanaTransactionView): Change[] {
  if (!effect) return [];
  const sol = effect.sol === "0" ? [] : [change(effect.sol)];
  return [...effect.tokens.map(({ mint, amount }) => ({ ...change(amount), mint })), ...sol];
}

function change(amount: string): Change {
  return amount.startsWith("-") ? { incoming: false, amount: amount.slice(1) } : { incoming: true, amount };
}

/** What a transaction was, in a word. */
export function titleOf(transaction: SolanaTransactionView): string {
  if (transaction.failure !== null) return m.solana.failed;
  if (!transaction.effect) return m.solana.untold;
  const directions = new Set(changes(transaction).map(({ incoming }) => incoming));
  if (directions.size === 2) return m.solana.exchanged;
  if (directions.size === 0) return m.solana.nothingMoved;
  return directions.has(true) ? m.money.received : m.money.sent;
}

import type { SolanaTransactionView } from "../../bindings/SolanaTransactionView";
import { m } from "../../messages";

/** What came in or went out: an amount without its sign, and of what. */
export interface Change {
  incoming: boolean;
  amount: string;
  /** The mint; none for SOL. */
  mint?: string;
  /** SOL that went out where tokens did and nothing came in: as a rule it paid for the recipient's account. */
  besideTokens?: true;
}

export function changes({ effect }: SolanaTransactionView): Change[] {
  if (!effect) return [];
  const tokens: Change[] = effect.tokens.map(({ mint, amount }) => ({ ...change(amount), mint }));
  if (effect.sol === "0") return tokens;
  const sol = change(effect.sol);
  const isBeside = tokens.length > 0 && [sol, ...tokens].every(({ incoming }) => !incoming);
  return [...tokens, { ...sol, ...(isBeside && { besideTokens: true }) }];
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

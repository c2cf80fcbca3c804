import type { HeldTokensView } from "../../bindings/HeldTokensView";
import type { SolanaDraftView } from "../../bindings/SolanaDraftView";
import type { SolanaLedgerView } from "../../bindings/SolanaLedgerView";
import type { SolanaPayment } from "../../bindings/SolanaPayment";
import type { Lifetime } from "../sign/lifetimes";
import { decimalOf } from "./amounts";

/** What is entered. */
export interface PaymentForm {
  to: string;
  /** As it was typed. */
  amount: string;
  /** The mint; empty: SOL. */
  token: string;
  memo: string;
  lifetime: Lifetime;
}

export const emptyForm = (): PaymentForm => ({ to: "", amount: "", token: "", memo: "", lifetime: "day" });

/** A payment and what the device says of it. */
export interface Drafted {
  payment: SolanaPayment;
  draft: SolanaDraftView;
}

/** None if the amount is none. */
export function paymentOf(wallet: string, { to, amount: typed, token, memo }: PaymentForm): SolanaPayment | undefined {
  const amount = decimalOf(typed);
  if (amount === undefined) return undefined;
  return { wallet, to, amount, token: token === "" ? null : token, memo: memo === "" ? null : memo };
}

/** Tokens that a payment can come from. */
export type Sendable = HeldTokensView & { amount: string };

export function sendable(ledger: SolanaLedgerView | null): Sendable[] {
  const can = (held: HeldTokensView): held is Sendable => held.associated && !held.frozen && held.amount !== null && held.amount !== "0";
  return ledger?.tokens.filter(can) ?? [];
}

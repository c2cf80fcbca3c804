import type { BackendError } from "../../backend";
import type { RequestView } from "../../bindings/RequestView";
import type { SpendView } from "../../bindings/SpendView";
import type { TransactionView } from "../../bindings/TransactionView";
import { errorText } from "../../messages";

/** A transaction whose fee can be raised. */
export interface Raisable {
  txid: string;
  fee: number;
  /** In satoshi for each virtual byte, where it is known. */
  rate: number | undefined;
  /** It pays one recipient alone. */
  single: boolean;
  /** Something of it comes back to the wallet, where that is known. */
  change: boolean | undefined;
  note: string | null;
}

/** What is wrong with a higher fee, and with what of it. */
export interface BumpErrors {
  rate?: string;
  payer?: string;
  all?: string;
}

export function ofSpend({ txid, fee, feeRate, outputs }: SpendView, note: string | null): Raisable {
  const others = outputs.filter(({ target }) => target.kind === "address" || target.kind === "data").length;
  return { txid, fee, rate: feeRate, single: others === 1, change: others < outputs.length, note };
}

/** None if its fee can't be raised from here. */
export function ofTransaction({ txid, fee, paid, position, replaceable, label }: TransactionView, requests: readonly RequestView[]): Raisable | undefined {
  if (position.kind !== "pending" || !replaceable || fee === null) return undefined;
  for (const { meaning } of requests) {
    if (meaning.kind === "bitcoin" && meaning.txid === txid) return ofSpend(meaning, label);
  }
  return { txid, fee, rate: undefined, single: paid.length === 1, change: undefined, note: label };
}

/** Puts what the device has against a higher fee beside what it concerns. */
export function placedBump(error: BackendError): BumpErrors {
  const text = errorText(error);
  switch (error.code) {
    case "fee_too_low":
    case "invalid_fee_rate":
    case "insufficient":
      return { rate: text };
    case "no_single_recipient":
      return { payer: text };
    default:
      return { all: text };
  }
}

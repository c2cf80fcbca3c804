import type { BackendError } from "../../backend";
import type { BitcoinUnit } from "../../bindings/BitcoinUnit";
import type { FeeRatesView } from "../../bindings/FeeRatesView";
import type { PaymentRequestView } from "../../bindings/PaymentRequestView";
import { errorText, m } from "../../messages";
import type { Lifetime } from "../sign/lifetimes";
import { rateOf, satsOf } from "./amounts";

export type Fee = keyof FeeRatesView | "custom";

/** Somebody to be paid, as it was entered. */
export interface Payee {
  readonly key: number;
  address: string;
  amount: string;
  /** What was read in place of the address, where a request was entered. */
  read: PaymentRequestView | undefined;
}

/** A payment, as it was entered. */
export interface Payment {
  payees: readonly Payee[];
  /** The only recipient gets all there is. */
  everything: boolean;
  unit: BitcoinUnit;
  fee: Fee;
  customRate: string;
  coins: string[];
  note: string;
  lifetime: Lifetime;
}

/** What is wrong with it: of each payee by its key, and of the rest. */
export interface PaymentErrors {
  address: Record<number, string | undefined>;
  amount: Record<number, string | undefined>;
  rate?: string;
  coins?: string;
  note?: string;
  all?: string;
}

export const longestNote = 200;

export const noErrors = (): PaymentErrors => ({ address: {}, amount: {} });

export function hasErrors({ address, amount, ...others }: PaymentErrors): boolean {
  return [...Object.values(address), ...Object.values(amount), ...Object.values(others)].some((error) => error !== undefined);
}

/** The fee that is meant: where nobody says what is usual, one's own. */
export const feeOf = (fee: Fee, rates: FeeRatesView | null): Fee => (rates ? fee : "custom");

/** The rate that was chosen; none if it is one's own and is none. */
export function chosenRate(fee: Fee, custom: string, rates: FeeRatesView | null): number | undefined {
  const meant = feeOf(fee, rates);
  return meant === "custom" || !rates ? rateOf(custom) : rates[meant];
}

function amountError(text: string, unit: BitcoinUnit): string | undefined {
  if (text.trim() === "") return m.sendBitcoin.amountMissing;
  const sats = satsOf(text, unit);
  if (sats === undefined) return m.sendBitcoin.amountWrong[unit];
  return sats === 0 ? m.sendBitcoin.amountMissing : undefined;
}

/** What can be told to be wrong without asking the device. */
export function check(form: Payment, rates: FeeRatesView | null): PaymentErrors {
  const errors = noErrors();
  for (const { key, address, amount } of form.payees) {
    if (address.trim() === "") errors.address[key] = m.sendBitcoin.addressMissing;
    const wrong = form.everything ? undefined : amountError(amount, form.unit);
    if (wrong !== undefined) errors.amount[key] = wrong;
  }
  if (chosenRate(form.fee, form.customRate, rates) === undefined) errors.rate = m.sendBitcoin.rateWrong;
  if ([...form.note.trim()].length > longestNote) errors.note = m.sendBitcoin.noteLong(longestNote);
  return errors;
}

/** Puts what the device has against a payment beside what it concerns. */
export function placed(error: BackendError, { payees, coins, unit }: Payment): PaymentErrors {
  const text = errorText(error);
  const [only, second] = payees;
  const sats = ({ amount }: Payee) => satsOf(amount, unit) ?? Infinity;
  switch (error.code) {
    case "invalid_address":
    case "invalid_request":
    case "other_network":
      return only && !second ? { ...noErrors(), address: { [only.key]: text } } : { ...noErrors(), all: text };
    // The smallest amount is the one that is too small.
    case "dust":
    case "invalid_amount": {
      const least = payees.reduce((found, each) => (sats(each) < sats(found) ? each : found));
      return { ...noErrors(), amount: { [least.key]: text } };
    }
    case "insufficient":
      if (coins.length > 0) return { ...noErrors(), coins: text };
      return only && !second ? { ...noErrors(), amount: { [only.key]: text } } : { ...noErrors(), all: text };
    case "unknown_coin":
    case "reserved_coin":
      return { ...noErrors(), coins: text };
    case "invalid_fee_rate":
    case "fee_too_low":
      return { ...noErrors(), rate: text };
    case "invalid_label":
      return { ...noErrors(), note: text };
    default:
      return { ...noErrors(), all: text };
  }
}

import type { BitcoinUnit } from "../../bindings/BitcoinUnit";
import { currentLanguage, m } from "../../messages";
import { bitcoinUnit } from "./unit.svelte";

/** An amount of bitcoin in the unit that was chosen. */
export function amountText(sats: number): string {
  return amountIn(sats, bitcoinUnit());
}

export function amountIn(sats: number, unit: BitcoinUnit): string {
  return unit === "btc" ? bitcoins(sats) : satoshis(sats);
}

/** The unit that an amount is not in. */
export function otherUnit(unit: BitcoinUnit): BitcoinUnit {
  return unit === "btc" ? "sat" : "btc";
}

/** Satoshi in bitcoin with all eight digits, in groups that are counted at a glance: 0.01 234 567. */
function bitcoins(sats: number): string {
  const digits = String(sats).padStart(9, "0");
  const whole = new Intl.NumberFormat(currentLanguage()).format(Number(digits.slice(0, -8)));
  const [, cents = "", thousands = "", ones = ""] = /(..)(...)(...)$/.exec(digits) ?? [];
  const point = currentLanguage() === "de" ? "," : ".";
  return m.spend.btc(`${whole}${point}${cents}\u202f${thousands}\u202f${ones}`);
}

function satoshis(sats: number): string {
  return m.spend.sats(count(sats));
}

export function count(number: number): string {
  return new Intl.NumberFormat(currentLanguage()).format(number);
}

/** With one digit after the point, which is what fees are told apart by. */
export function feeRate(rate: number): string {
  return m.spend.rate(new Intl.NumberFormat(currentLanguage(), { maximumFractionDigits: 1 }).format(rate));
}

import type { BitcoinUnit } from "../../bindings/BitcoinUnit";
import { currentLanguage } from "../../messages";

/** More than there will ever be; what is more is mistyped. */
const most = 21_000_000 * 100_000_000;

/** What people write behind an amount. */
const names: Record<BitcoinUnit, string> = { btc: "btc", sat: "sats?" };

/** What amounts are shown and typed with between groups of digits, besides the language's own mark. */
const blank = "[ \\u00a0\\u2009\\u202f]";
const eightDigits = new RegExp(`^(?:\\d{0,8}|\\d{2}${blank}\\d{3}${blank}\\d{3})$`);

/** The mark between groups, and what may stand for the point. */
const marks = () => (currentLanguage() === "de" ? { mark: "[.]", point: "[.,]" } : { mark: "[,]", point: "[.]" });

const bare = (digits: string) => digits.replace(/\D/g, "");

/** Whether digits stand in groups of three, all with the same separator between them. */
function isGrouped(text: string, separator: string): boolean {
  return new RegExp(`^[1-9]\\d{0,2}(${separator})\\d{3}(?:\\1\\d{3})*$`).test(text);
}

/** An amount in satoshi; none if it is no amount in that unit, or could be meant as another one. */
export function satsOf(text: string, unit: BitcoinUnit): number | undefined {
  const amount = text.trim().replace(new RegExp(`${blank}*${names[unit]}$`, "i"), "");
  const digits = unit === "btc" ? ofBitcoin(amount) : ofSatoshi(amount);
  const sats = digits === undefined ? NaN : Number(digits);
  return Number.isSafeInteger(sats) && sats <= most ? sats : undefined;
}

function ofSatoshi(amount: string): string | undefined {
  return /^\d+$/.test(amount) || isGrouped(amount, `${blank}|${marks().mark}`) ? bare(amount) : undefined;
}

function ofBitcoin(amount: string): string | undefined {
  const { whole, part } = parted(amount) ?? {};
  return part !== undefined && eightDigits.test(part) ? whole + bare(part).padEnd(8, "0") : undefined;
}

/** An amount as devices exchange it, with a point and without groups; none if it is none, or could be meant as another one. */
export function decimalOf(text: string): string | undefined {
  const { whole = "", part } = parted(text.trim()) ?? {};
  if (part === undefined || !/^\d*$/.test(part)) return undefined;
  return (whole || "0") + (part && `.${part}`);
}

/** What stands before the point, without groups, and behind it; none if there is nothing, or it could be meant otherwise. */
function parted(amount: string): { whole: string; part: string } | undefined {
  const { mark, point } = marks();
  // With no decimals behind it, the mark between groups may be meant as the point.
  if (bare(amount) === "" || isGrouped(amount, mark)) return undefined;
  const [, whole = amount, used = "", part = ""] = new RegExp(`^(.*)(${point})([^.,]*)$`).exec(amount) ?? [];
  const separator = new RegExp(mark).test(used) ? blank : `${blank}|${mark}`;
  return /^\d*$/.test(whole) || isGrouped(whole, separator) ? { whole: bare(whole), part } : undefined;
}

/** Satoshi as they are typed in a unit, without groups or needless digits. */
export function typed(sats: number, unit: BitcoinUnit): string {
  if (unit === "sat") return String(sats);
  const digits = String(sats).padStart(9, "0");
  const part = digits.slice(-8).replace(/0+$/, "");
  return typedDecimal(digits.slice(0, -8) + (part && `.${part}`));
}

/** An amount that has a point as it is typed, without groups. */
export function typedDecimal(amount: string): string {
  return currentLanguage() === "de" ? amount.replace(".", ",") : amount;
}

/** A fee rate in satoshi for each virtual byte, without groups; none if it is no rate. */
export function rateOf(text: string): number | undefined {
  const [, whole = "", part = ""] = new RegExp(`^(\\d*)(?:${marks().point}(\\d{0,3}))?$`).exec(text.trim()) ?? [];
  const rate = Number(`${whole || "0"}.${part || "0"}`);
  return rate > 0 && rate <= 10_000 ? rate : undefined;
}

import type { BitcoinUnit } from "../../bindings/BitcoinUnit";

let chosen = $state.raw<BitcoinUnit>("btc");

/** In what amounts of bitcoin are shown and asked for. Whatever shows one shows it anew when that changes. */
export function bitcoinUnit(): BitcoinUnit {
  return chosen;
}

export function setBitcoinUnit(unit: BitcoinUnit) {
  chosen = unit;
}

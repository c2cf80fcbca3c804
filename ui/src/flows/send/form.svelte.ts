import type { BitcoinUnit } from "../../bindings/BitcoinUnit";
import type { Lifetime } from "../sign/lifetimes";
import { bitcoinUnit } from "../sign/unit.svelte";
import { satsOf, typed } from "./amounts";
import { type Fee, noErrors, type Payee, type Payment, type PaymentErrors } from "./payment";

let keys = 0;

/** Somebody to be paid, as it is being entered. */
export class PayeeForm implements Payee {
  readonly key = keys++;
  address = $state("");
  amount = $state("");
  read = $state.raw<Payee["read"]>();
}

/** A payment that is being entered, and what is wrong with it. */
export class PaymentForm implements Payment {
  payees = $state.raw<readonly PayeeForm[]>([new PayeeForm()]);
  everything = $state(false);
  /** The one that was chosen when the form was opened: what is being typed never becomes another amount. */
  unit = $state<BitcoinUnit>(bitcoinUnit());
  fee = $state<Fee>("medium");
  customRate = $state("");
  coins = $state<string[]>([]);
  note = $state("");
  lifetime = $state<Lifetime>("day");
  errors = $state<PaymentErrors>(noErrors());

  add() {
    this.everything = false;
    this.payees = [...this.payees, new PayeeForm()];
  }

  remove(payee: PayeeForm) {
    this.payees = this.payees.filter((each) => each !== payee);
    this.errors = noErrors();
  }

  /** It was changed, so what was wrong with it may not be any more. */
  mended(part: "address" | "amount", { key }: PayeeForm) {
    this.errors[part][key] = undefined;
  }

  /** Amounts stay what they are; what is none is not left to be read as one in the other unit. */
  switchUnit(unit: BitcoinUnit) {
    for (const payee of this.payees) {
      const sats = satsOf(payee.amount, this.unit);
      payee.amount = sats === undefined ? "" : typed(sats, unit);
      this.mended("amount", payee);
    }
    this.unit = unit;
  }
}

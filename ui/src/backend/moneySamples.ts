import type { BitcoinDraftView } from "../bindings/BitcoinDraftView";
import type { BitcoinPayment } from "../bindings/BitcoinPayment";
import type { CoinView } from "../bindings/CoinView";
import type { FeeLevelView } from "../bindings/FeeLevelView";
import type { OutputView } from "../bindings/OutputView";
import type { PaymentRequestView } from "../bindings/PaymentRequestView";
import type { TransactionView } from "../bindings/TransactionView";
import { BackendError } from "./backend";
import { spendView } from "./requestSamples";
import { addressAt } from "./samples";

/** What everybody who reads a PSBT in base64 sees first. */
export const psbt = "cHNidP8BAHECAAAAAQ==";

const confirmed = { kind: "confirmed", height: 949_871, time: Date.UTC(2026, 4, 18, 20, 4), confirmations: 41 } as const;

/** An own payment that waits for a block, and whose fee can be raised. */
export function outgoing(change: Partial<TransactionView> = {}): TransactionView {
  return {
    txid: "5e".repeat(32),
    change: -1_250_422,
    fee: 422,
    paid: [{ address: addressAt("mainnet", 7), amount: 1_250_000 }],
    position: { kind: "pending", firstSeen: Date.UTC(2026, 4, 19, 8, 58) },
    replaceable: true,
    label: "Garden fence, deposit",
    ...change,
  };
}

export function coins(network: string | null): CoinView[] {
  return [
    { outpoint: `${"0b".repeat(32)}:1`, amount: 90_000_000, address: addressAt(network, 2), position: confirmed, reserved: false },
    { outpoint: `${"1c".repeat(32)}:0`, amount: 29_997_690, address: addressAt(network, 4), position: confirmed, reserved: true },
    { outpoint: `${"2d".repeat(32)}:3`, amount: 2_500_000, address: addressAt(network, 5), position: { kind: "pending", firstSeen: null }, reserved: false },
  ];
}

/** The bytes of a signed transaction with two inputs and two outputs. */
const size = 211;

function level(rate: number): FeeLevelView {
  if (rate < 1) return "low";
  return rate >= 1_000 ? "extreme" : rate >= 100 ? "high" : "usual";
}

/** What a node would make of a payment, from coins that are worth `available`. */
export function drafted({ recipients, feeRate }: BitcoinPayment, network: string | null, available: number): BitcoinDraftView {
  const fee = Math.ceil(feeRate * size);
  const outputs: OutputView[] = recipients.map(({ address, amount }) => ({
    amount: amount ?? available - fee,
    target: { kind: "address", address },
    far: false,
  }));
  const sent = outputs.reduce((sum, { amount }) => sum + amount, 0);
  const returned = available - sent - fee;
  if (returned > 0) outputs.push({ amount: returned, target: { kind: "change", index: 2 }, far: false });
  return {
    psbt,
    excludes: [],
    spend: spendView({ network: network ?? "mainnet", spent: available, sent, returned, fee, feeRate, feeLevel: level(feeRate), outputs }),
  };
}

/** A request states bitcoin, with a point in every language. */
function satsIn(bitcoins: string): number {
  const [whole = "", part = ""] = bitcoins.split(".");
  return Number(whole + part.padEnd(8, "0"));
}

/** Reads an address or a request (BIP-21) roughly as the node does. */
export function paymentRequest(text: string): PaymentRequestView {
  const [, scheme, address = "", query = ""] = /^(bitcoin:)?([a-z0-9]{14,90})(?:\?(.*))?$/i.exec(text.trim()) ?? [];
  if (address === "" || (query !== "" && scheme === undefined)) {
    throw new BackendError("invalid_address", "This is not a Bitcoin address: something is mistyped or missing. Nothing was paid. Copy it again rather than typing it.", [
      { id: "addressInvalid", values: {} },
    ]);
  }
  const asked = new URLSearchParams(query);
  const amount = asked.get("amount");
  return {
    address,
    amount: amount === null ? null : satsIn(amount),
    label: asked.get("label"),
    message: asked.get("message"),
  };
}

import type { FileView } from "../bindings/FileView";
import type { MeaningView } from "../bindings/MeaningView";
import type { PaymentView } from "../bindings/PaymentView";
import type { RequestMemberView } from "../bindings/RequestMemberView";
import type { RequestView } from "../bindings/RequestView";
import type { SignedMessage } from "../bindings/SignedMessage";
import type { SignedTransaction } from "../bindings/SignedTransaction";
import type { SolanaDraftView } from "../bindings/SolanaDraftView";
import type { SolanaPayment } from "../bindings/SolanaPayment";
import type { SpendView } from "../bindings/SpendView";
import { addressAt, alice, bob, charlie, minute } from "./samples";

export const letter = "We, the members of the chess club, agree to the statutes of 3 May 2026.\n\nSigned together.";

export const file: FileView = {
  name: "statutes.pdf",
  size: 182_440,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
};

export function message(text = letter): MeaningView {
  return { kind: "message", text, file: null, signer: addressAt("mainnet", 0) };
}

export const fileMessage: MeaningView = {
  kind: "message",
  text: `File ${file.name}\nSize ${file.size} bytes\nSHA-256 ${file.sha256}`,
  file,
  signer: addressAt("mainnet", 0),
};

export function spend(change: Partial<SpendView> = {}): MeaningView {
  return { kind: "bitcoin", ...spendView(change) };
}

export function spendView(change: Partial<SpendView> = {}): SpendView {
  return {
    network: "mainnet",
    txid: "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b",
    inputs: 2,
    spent: 12_345_678,
    sent: 2_500_000,
    returned: 9_842_118,
    fee: 3_560,
    feeRate: 12.4,
    feeLevel: "usual",
    outputs: [
      { amount: 2_500_000, target: { kind: "address", address: addressAt("mainnet", 7) }, far: false },
      { amount: 9_842_118, target: { kind: "change", index: 2 }, far: false },
    ],
    lockedUntil: null,
    replaceable: true,
    publication: null,
    ...change,
  };
}

export function payment(change: Partial<PaymentView> = {}): MeaningView {
  return { kind: "solana", ...paymentView(change) };
}

export function paymentView(change: Partial<PaymentView> = {}): PaymentView {
  return {
    network: "mainnet",
    from: "FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z",
    to: "24PNhTaNtomHhoy3fTRaMhAFCRj4uHqhZEEoWrKDbR5p",
    amount: "1.25",
    token: null,
    memo: "Rent for March",
    fee: "0.0000052",
    deposit: "0.00089088",
    transfer: null,
    problem: null,
    ...change,
  };
}

/** What a device would make of it. */
export function draftOf({ to, amount, token, memo }: SolanaPayment, notices: SolanaDraftView["notices"] = []): SolanaDraftView {
  return { payment: paymentView({ to, amount, token: token === null ? null : { mint: token, decimals: 6, createsAccount: true }, memo }), notices };
}

export function member(change: Partial<RequestMemberView> = {}): RequestMemberView {
  return { device: bob, linked: true, stand: { kind: "undecided" }, misbehaved: null, ...change };
}

export function request(change: Partial<RequestView> = {}): RequestView {
  return {
    id: "q1",
    wallet: "w1",
    proposer: bob,
    own: false,
    createdAt: Date.UTC(2026, 4, 18, 9),
    expiresAt: Date.UTC(2026, 4, 19, 9) + minute,
    meaning: message(),
    decision: "undecided",
    state: { state: "open", signing: false, attempts: 0, waitingFor: ["charlie"], waitingForThis: true },
    members: [member({ device: alice }), member({ stand: { kind: "approved" } }), member({ device: charlie, linked: false })],
    threshold: 2,
    mayStillBeMade: false,
    problem: null,
    conflicts: [],
    ...change,
  };
}

export function signedMessage(change: Partial<SignedMessage> = {}): SignedMessage {
  return {
    format: "permafrost-signed-message",
    version: 1,
    scheme: "bip322-simple",
    signer: addressAt("mainnet", 0),
    message: letter,
    signature: "AUBtQ2Fyb2xpbmEgc2lnbmF0dXJlIG9mIDY0IGJ5dGVzIHN0YW5kcyBpbiBoZXJlLCBmb3Igc2NyZWVucy4=",
    ...change,
  };
}

export function signedTransaction(): SignedTransaction {
  return { txid: spendView().txid, hex: `02000000000101${"5a".repeat(140)}00000000` };
}

import type { LedgerView } from "../bindings/LedgerView";
import type { PublicationView } from "../bindings/PublicationView";
import { outgoing } from "./moneySamples";
import { request, spend, spendView } from "./requestSamples";
import { active, alice, failure, ledger, settings, snapshot, wallet } from "./samples";

const long = "Grandmother’s very old but still perfectly working wallet for the roof and the garden";

const verified = active({ verified: true });
const unreachable = failure("node", "The Bitcoin node does not answer. Your coins are safe; what is shown may be out of date. Check that it runs and that its address is right. It is tried again by itself.");

/** The ledger with a payment that waits for a block. */
function having(change: Partial<LedgerView> = {}): LedgerView {
  const { transactions } = ledger();
  return ledger({ transactions: [outgoing(), ...transactions], transactionCount: transactions.length + 1, ...change });
}

const signed = (id: string, publication: PublicationView) =>
  request({ id, own: true, proposer: alice, decision: "approved", state: { state: "signed" }, meaning: spend({ publication }) });

const other = "7d".repeat(32);

/** Devices in the states that a Bitcoin wallet's money can be in. */
export const moneyScenarios = {
  funded: () =>
    snapshot({
      wallets: [wallet({ status: verified, ledger: having() })],
      chainSources: [
        { network: "mainnet", source: { kind: "node", url: "http://127.0.0.1:8332/", cookieFile: "/home/alice/.bitcoin/.cookie" }, suggested: "https://mempool.space/api" },
        { network: "testnet4", source: { kind: "esplora", url: "https://mempool.space/testnet4/api" }, suggested: "https://mempool.space/testnet4/api" },
        { network: "signet", source: null, suggested: "https://mempool.space/signet/api" },
        { network: "regtest", source: { kind: "nodeWithUser", url: "http://192.168.1.20:18443/", user: "permafrost", hasPassword: true }, suggested: null },
      ],
    }),
  /** By somebody who counts in satoshi. */
  inSatoshi: () =>
    snapshot({
      settings: settings({ bitcoinUnit: "sat" }),
      wallets: [wallet({ status: verified, ledger: having() })],
      requests: [request({ meaning: spend() })],
    }),
  unlooked: () => snapshot({ wallets: [wallet({ status: verified, ledger: ledger({ sync: { state: "noSource" }, balance: null, transactions: [], transactionCount: 0 }) })] }),
  scanning: () =>
    snapshot({
      wallets: [wallet({ status: verified, ledger: ledger({ sync: { state: "scanning", percent: 34 }, balance: null, transactions: [], transactionCount: 0 }) })],
    }),
  unreachableNode: () =>
    snapshot({
      wallets: [
        wallet({
          status: verified,
          ledger: ledger({
            sync: {
              state: "failed",
              error: unreachable,
              last: Date.UTC(2026, 4, 18, 21, 40),
            },
          }),
        }),
      ],
    }),
  neverLooked: () =>
    snapshot({ wallets: [wallet({ status: verified, ledger: ledger({ sync: { state: "failed", error: unreachable, last: null }, balance: null, feeRates: null, transactions: [], transactionCount: 0 }) })] }),
  tested: () =>
    snapshot({ wallets: [wallet({ name: long, network: "signet", status: active({}, "signet"), ledger: having({ feeRates: null }) })] }),
  published: () =>
    snapshot({
      wallets: [wallet({ status: verified, ledger: having() })],
      requests: [
        signed("p1", { state: "unknown", sends: true }),
        signed("p2", { state: "unknown", sends: false }),
        signed("p3", { state: "unsent", sends: true, problem: null }),
        signed("p4", { state: "unsent", sends: false, problem: null }),
        signed("p5", {
          state: "unsent",
          sends: true,
          problem: { ...failure("fee_too_low", "The network does not take the transaction for now: its fee is too low. Nothing was paid, and it is tried again by itself. Raise the fee if it takes too long."), parts: [{ id: "notTakenFee", values: {} }] },
        }),
        signed("p6", { state: "pending" }),
        signed("p7", { state: "confirmed", height: 949_911, confirmations: 1 }),
        signed("p8", { state: "replaced", by: other }),
        request({ id: "p10", meaning: spend({ fee: 9_840, feeRate: 34.2 }), conflicts: ["p6"] }),
        request({
          id: "p9",
          meaning: spend({
            outputs: [
              { amount: 2_500_000, target: { kind: "receive", index: 41_872 }, far: true },
              { amount: 9_842_118, target: { kind: "change", index: 2 }, far: false },
            ],
            sent: 0,
            returned: spendView().returned + spendView().sent,
          }),
        }),
      ],
    }),
};

import type { PaymentView } from "../bindings/PaymentView";
import type { RequestView } from "../bindings/RequestView";
import type { Snapshot } from "../bindings/Snapshot";
import type { TransferState } from "../bindings/TransferState";
import { member, payment, request, spend } from "./requestSamples";
import * as sample from "./samples";
import { alice, bob, charlie, snapshot, wallet } from "./samples";

const signers = [member({ device: alice, stand: { kind: "signed" } }), member({ stand: { kind: "signed" } }), member({ device: charlie })];

/** A payment that was signed, and what became of it. */
function paid(id: string, state: TransferState, change: Partial<PaymentView> = {}): RequestView {
  const transfer = { id: "5VERv8NMvzbJMEkV8xnrLkEaWRtSz9CosKDYjCJjBRnbJLgp8uirBgmQpjKhoR4tjF3ZpRzrFmBV6UjKdiSZkQUW", state };
  return request({ id, own: true, proposer: alice, decision: "approved", state: { state: "signed" }, members: signers, meaning: payment({ transfer, ...change }) });
}

/** Requests in which money moves, or would have. */
export const requestScenarios = {
  /** Bitcoin transactions that are unusual, and requests that came to nothing. */
  spends: () =>
    snapshot({
      wallets: [wallet({ status: sample.active({ verified: true }) })],
      requests: [
        request({
          meaning: spend({
            feeLevel: "low",
            fee: 180,
            feeRate: 0.6,
            lockedUntil: { kind: "time", time: Date.UTC(2026, 6, 1, 12) / 1000 },
            outputs: [
              { amount: 2_500_000, target: { kind: "address", address: sample.addressAt("mainnet", 7) }, far: false },
              { amount: 9_845_498, target: { kind: "receive", index: 4 }, far: false },
            ],
          }),
        }),
        request({ id: "q2", meaning: spend({ feeLevel: "high", fee: 260_000, feeRate: 320 }), conflicts: ["q1"] }),
        request({ id: "q3", meaning: spend(), decision: "rejected", members: [
          member({ device: alice, stand: { kind: "rejected", reason: null } }),
          member({ stand: { kind: "approved" } }),
          member({ device: charlie }),
        ] }),
        request({ id: "q4", meaning: spend(), own: true, proposer: alice, decision: "approved", state: { state: "cancelled" } }),
      ],
    }),
  /** Payments from a Solana wallet, waiting for approval and after it. */
  solanaRequests: () =>
    snapshot({
      wallets: [wallet({ name: "Travel fund", ciphersuite: "ed25519", status: sample.active({ ...sample.solana, verified: true }) })],
      contacts: [sample.contact({ device: bob, verified: true, wallets: ["w1"] })],
      requests: [
        request({ meaning: payment() }),
        request({ id: "q2", meaning: payment({ amount: "2500.5", memo: null, fee: "0.0020444", token: { mint: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", decimals: 6, createsAccount: true } }) }),
        request({ id: "q3", own: true, proposer: alice, decision: "approved", meaning: payment({ problem: sample.failure("solana_server", "The server does not answer, so nothing can be signed. No money has moved. It is tried again by itself.") }) }),
        paid("q4", { state: "pending" }),
        paid("q5", { state: "included", finalized: false }),
        paid("q6", { state: "included", finalized: true }),
        paid("q7", { state: "failed", error: sample.failure("transfer_failed", "The wallet had too little for it. Nothing was paid but the fee. Put more in and propose it again.") }),
        paid("q8", { state: "expired" }),
        paid("q9", { state: "unknown" }),
      ],
    }),
} satisfies Record<string, () => Snapshot>;

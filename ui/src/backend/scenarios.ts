import type { MisbehaviourView } from "../bindings/MisbehaviourView";
import type { Snapshot } from "../bindings/Snapshot";
import { FakeBackend } from "./fake";
import * as sample from "./samples";
import { alice, bob, charlie, minute, participant, session, snapshot, wallet } from "./samples";
import { fileMessage, member, message, request, spend } from "./requestSamples";
import { moneyScenarios } from "./moneyScenarios";
import { requestScenarios } from "./requestScenarios";
import { sessionScenarios } from "./sessionScenarios";

const long = "Grandmother’s very old but still perfectly working laptop upstairs";

const running = session({
  key: "s2",
  sessionId: null,
  state: { state: "inProgress", round: "echo", missing: ["bob", "charlie"], deadline: Date.now() + 2 * minute },
  participants: [
    participant(alice, "own", 4, "active", true),
    participant(bob, "direct", 3),
    participant(charlie, "relayed", 3),
  ],
});

const shareMissing = sample.failure(
  "share_missing",
  "This device's share of the wallet is not in its keystore: the keystore is an older copy.",
);

const misdeeds: readonly MisbehaviourView[] = ["badShare", "malformed", "unsupportedVersion", "notProposer", "badPackage", "wrongCount", "badOutcome"];

/** Devices in the states that the interface has to show. */
export const scenarios = {
  ...requestScenarios,
  ...sessionScenarios,
  ...moneyScenarios,
  empty: () => snapshot(),
  home: () =>
    snapshot({
      wallets: [
        wallet({ ledger: sample.ledger() }),
        wallet({ id: "w2", name: "Travel fund", ciphersuite: "ed25519", status: sample.active({ ...sample.solana, verified: true }) }),
        wallet({ id: "w5", name: "Try-out", network: "signet", status: sample.active({ verified: true }, "signet") }),
        wallet({ id: "w3", name: "Club treasury", status: { state: "unfinished", missing: ["bob"] } }),
        wallet({ id: "w4", name: "Old attempt", status: { state: "quarantined" } }),
      ],
      sessions: [session(), running],
      browsing: true,
      announced: [sample.announced(), sample.announced({ id: "a2", recognition: sample.known, joined: 3, proposal: sample.proposal({ name: long, by: charlie }) })],
      asked: [
        { id: "a3", proposal: sample.proposal({ name: "Holiday", by: charlie }), recognition: sample.stranger, state: { state: "waiting", deadline: Date.now() + 4 * minute } },
        { id: "a4", proposal: sample.proposal({ name: "Office", by: bob }), recognition: sample.known, state: { state: "ended", error: sample.failure("refused", "bob did not let this device in. Ask bob why, or ask for the session ID.") } },
      ],
    }),
  locked: () =>
    snapshot({
      device: { ...alice, id: "", fingerprint: [] },
      keystore: {
        kind: "os",
        status: { state: "unavailable", error: sample.failure("keystore_locked", "The system’s keychain is locked. Unlock it with your login password, then try again.") },
        canSwitch: false,
      },
      server: { url: null, status: { state: "idle" } },
    }),
  passphrase: () => snapshot({ keystore: sample.keystore({ kind: "vault", status: { state: "needsPassphrase", fresh: false } }) }),
  fresh: () => snapshot({ keystore: sample.keystore({ kind: "vault", status: { state: "needsPassphrase", fresh: true }, canSwitch: true }) }),
  offline: () =>
    snapshot({ server: { url: "wss://signal.example.org", status: { state: "waiting", retryAt: Date.now() + 12_000, reason: sample.unreachableServer } } }),
  waiting: () =>
    snapshot({
      sessions: [
        session({
          announced: true,
          requests: [
            { id: "r1", device: charlie, recognition: sample.stranger },
            { id: "r2", device: sample.device(long, 1), recognition: sample.known },
          ],
        }),
      ],
    }),
  consent: () =>
    snapshot({
      device: bob,
      sessions: [
        session({
          creator: false,
          sessionId: null,
          state: { state: "waiting", waitingFor: { kind: "consent" }, deadline: Date.now() + 54 * minute },
          participants: [participant(bob, "own", 0), participant(alice, "direct", 0, "active", true)],
        }),
      ],
    }),
  running: () => snapshot({ sessions: [{ ...running, key: "s1" }] }),
  many: () =>
    snapshot({
      sessions: [
        session({
          proposal: sample.proposal({ name: long, threshold: 26, participants: 50 }),
          sessionId: null,
          state: { state: "inProgress", round: "round2", missing: ["device 7", "device 31", long], deadline: Date.now() + 90_000 },
          participants: Array.from({ length: 50 }, (_, index) =>
            participant(sample.device(index === 4 ? long : `device ${index + 1}`, index), index === 0 ? "own" : index % 7 === 0 ? "relayed" : "direct", 4 + (index % 2), "active", index === 0),
          ),
        }),
      ],
    }),
  failed: () =>
    snapshot({
      sessions: [
        session({
          sessionId: null,
          endedAt: Date.now(),
          state: {
            state: "failed",
            error: sample.failure("equivocation", "bob sent different messages to different devices, so the key was thrown away. No money is affected. Find out whether that device is healthy, then create the wallet again, without it if in doubt."),
            culprits: ["bob"],
            unfinishedWallet: null,
          },
          participants: [participant(alice, "own", 3, "pending", true), participant(bob, "down", 3, "failed"), participant(charlie, "direct", 3, "pending")],
        }),
      ],
    }),
  completed: () =>
    snapshot({
      sessions: [session({ sessionId: null, endedAt: Date.now(), state: { state: "completed", walletId: "w1", unconfirmed: ["charlie"] }, participants: running.participants.map((who) => participant(who.device, who.link, 7, "done", who.creator)) })],
      wallets: [wallet()],
    }),
  requests: () =>
    snapshot({
      wallets: [wallet({ status: sample.active({ verified: true }) })],
      contacts: [sample.contact({ device: bob, verified: true, wallets: ["w1"] }), sample.contact({ device: charlie, wallets: ["w1"] })],
      requests: [
        request(),
        request({ id: "q2", meaning: fileMessage, own: true, proposer: alice, decision: "approved", state: { state: "open", signing: false, attempts: 0, waitingFor: ["bob", "charlie"], waitingForThis: false } }),
        request({ id: "q3", meaning: spend({ network: "signet", feeLevel: "extreme", fee: 2_600_000, feeRate: 1_204.5, lockedUntil: { kind: "height", height: 900_000 }, outputs: [
          { amount: 2_500_000, target: { kind: "address", address: sample.addressAt("signet", 7) }, far: false },
          { amount: 9_842_118, target: { kind: "change", index: 2 }, far: false },
          { amount: 1_000, target: { kind: "data", bytes: "48656c6c6f".repeat(8) }, far: false },
        ] }) }),
        request({ id: "q4", meaning: { kind: "unreadable", error: sample.failure("newer", "This request is of a newer version of Permafrost. Update this device to read it.") } }),
        request({ id: "q5", own: true, proposer: alice, decision: "approved", state: { state: "signed" }, members: [
          member({ device: alice, stand: { kind: "signed" } }),
          member({ stand: { kind: "signed" } }),
          member({ device: charlie, stand: { kind: "rejected", reason: "The date in the second line is wrong." } }),
        ] }),
        request({ id: "q6", proposer: charlie, state: { state: "superseded", by: "q1" } }),
        request({ id: "q7", proposer: charlie, state: { state: "expired" } }),
      ],
    }),
  manyMembers: () =>
    snapshot({
      wallets: [wallet({ name: long, status: sample.active() })],
      requests: [
        request({
          threshold: 26,
          meaning: message(`${"All work and no play makes long texts. ".repeat(300)}\n${"x".repeat(400)}`),
          state: { state: "open", signing: true, attempts: 5, waitingFor: ["device 7", long], waitingForThis: false },
          members: Array.from({ length: 50 }, (_, at) =>
            member({
              device: sample.device(at === 4 ? long : `device ${at + 1}`, at),
              linked: at % 7 !== 0,
              stand: misdeeds[at - 9] ? { kind: "excluded" } : at % 2 === 0 ? { kind: "signing" } : { kind: "approved" },
              misbehaved: misdeeds[at - 9] ?? null,
            }),
          ),
        }),
      ],
    }),
  verified: () => snapshot({ wallets: [wallet({ status: sample.active({ verified: true }) })] }),
  solanaFunded: () =>
    snapshot({
      wallets: [wallet({ ciphersuite: "ed25519", status: sample.active({ ...sample.solana, verified: true }), solana: sample.solanaLedger() })],
      solanaServers: sample.solanaServers({ mainnet: "https://api.mainnet-beta.solana.com/" }),
    }),
  solanaUnlooked: () =>
    snapshot({
      wallets: [wallet({ ciphersuite: "ed25519", status: sample.solana, solana: sample.solanaLedger({ sync: { state: "noSource" }, balance: null, tokens: [], tokenCount: 0, transactions: [] }) })],
    }),
  solanaLooking: () =>
    snapshot({
      wallets: [
        wallet({
          ciphersuite: "ed25519",
          network: "devnet",
          status: sample.active({ ...sample.solana, verified: true, addresses: [{ network: "devnet", address: "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV1" }] }),
          solana: sample.solanaLedger({ sync: { state: "looking" }, transactions: [] }),
        }),
      ],
      solanaServers: sample.solanaServers({ devnet: "http://127.0.0.1:8899/" }),
    }),
  solanaFailed: () =>
    snapshot({
      wallets: [
        wallet({
          ciphersuite: "ed25519",
          status: sample.active({ ...sample.solana, verified: true }),
          solana: sample.solanaLedger({
            sync: {
              state: "failed",
              error: sample.failure("solana_server", "The Solana server does not answer. Your money is safe; what is shown may be out of date. Check the connection, or choose another server. It is tried again by itself."),
              last: Date.UTC(2026, 4, 18, 21, 40),
            },
            tokens: Array.from({ length: 7 }, (_, index) => ({ account: `${index}`.repeat(44), mint: `${index + 1}`.repeat(44), amount: "1", decimals: 0, frozen: false, associated: true })),
            tokenCount: 412,
          }),
        }),
      ],
      solanaServers: sample.solanaServers({ mainnet: "https://rpc.example.org/" }),
    }),
  solana: () => snapshot({ wallets: [wallet({ ciphersuite: "ed25519", status: sample.solana })] }),
  raw: () => snapshot({ wallets: [wallet({ ciphersuite: "secp256k1", status: sample.raw })] }),
  unfinished: () => snapshot({ wallets: [wallet({ status: { state: "unfinished", missing: ["bob", "charlie"] } })] }),
  unusable: () =>
    snapshot({
      wallets: [wallet({ status: { state: "unusable", error: shareMissing } })],
      problems: [sample.failure("database", "1 wallet(s) of this device can't be read: the stored data is damaged.")],
    }),
  signet: () =>
    snapshot({
      wallets: [wallet({ name: "Try-out", ceremonyName: "Testing among friends", network: "signet", receiveIndex: 3, status: sample.active({ verified: true }, "signet") })],
      contacts: [
        sample.contact({ device: { ...bob, name: "Bob’s office" }, claimedName: "bob", verified: true, wallets: ["w1"] }),
        sample.contact({ device: charlie, wallets: ["w1"] }),
      ],
    }),
  large: () =>
    snapshot({
      wallets: [
        wallet({
          name: long,
          ciphersuite: "ed25519",
          network: "devnet",
          threshold: 26,
          members: [alice, ...Array.from({ length: 49 }, (_, index) => sample.device(index === 4 ? long : `device ${index + 2}`, index + 1))],
          status: sample.active({ ...sample.solana, addresses: [{ network: "devnet", address: "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV1" }] }),
        }),
      ],
    }),
  beginning: () =>
    snapshot({
      server: { url: "wss://signal.example.org", status: { state: "connecting" } },
      hosting: { state: "starting" },
      asked: [{ id: "a5", proposal: sample.proposal({ name: "Holiday", by: charlie }), recognition: sample.known, state: { state: "admitted", session: "s1" } }],
      sessions: [session()],
    }),
  hostingFailed: () =>
    snapshot({
      hosting: { state: "failed", error: sample.failure("port_taken", "Another program uses port 9710. No wallet is affected. Choose another port, or stop that program.") },
    }),
  quarantined: () => snapshot({ wallets: [wallet({ status: { state: "quarantined" } })] }),
  setup: () => snapshot({ keystore: sample.keystore({ canSwitch: true }), server: { url: null, status: { state: "idle" } }, settings: sample.settings({ setUp: false }) }),
  /** With a vault, and nothing made yet. */
  unused: () => snapshot({ keystore: sample.keystore({ kind: "vault", canSwitch: true }) }),
  setupWithoutKeychain: () =>
    snapshot({
      keystore: { kind: "os", status: { state: "unavailable", error: sample.failure("keystore_missing", "Permafrost found no keychain service. Nothing is lost. Install and start one (GNOME Keyring or KWallet) and try again, or choose the passphrase vault.") }, canSwitch: true },
      settings: sample.settings({ setUp: false }),
    }),
  appLocked: () =>
    snapshot({ keystore: sample.keystore({ status: { state: "locked" } }), settings: sample.settings({ appPassphrase: true }) }),
  contacts: () =>
    snapshot({
      wallets: [wallet(), wallet({ id: "w2", name: "Travel fund", members: [alice, bob] })],
      contacts: [
        sample.contact({ verified: true, wallets: ["w1", "w2"] }),
        sample.contact({ device: { ...charlie, name: "Charlie (office)" }, claimedName: "charlie", wallets: ["w1"] }),
        ...Array.from({ length: 8 }, (_, index) => sample.contact({ device: sample.device(index === 3 ? long : `device ${index + 1}`, index + 9), verified: index % 3 === 0 })),
      ],
    }),
  configured: () =>
    snapshot({
      settings: sample.settings({
        appPassphrase: true,
        iceServers: [
          { url: "stun:stun.example.org", username: null, hasCredential: false },
          { url: "turn:turn.example.org:5349", username: "permafrost", hasCredential: true },
        ],
      }),
      server: { url: "ws://192.168.1.20:9710", status: { state: "connected" } },
      hosting: { state: "on", port: 9710, urls: ["ws://192.168.1.20:9710", "ws://[fd12:3456:789a::1]:9710"], localOnly: false },
    }),
} satisfies Record<string, () => Snapshot>;

export type ScenarioName = keyof typeof scenarios;

const isScenario = (name: string): name is ScenarioName => Object.hasOwn(scenarios, name);

/** The backend for `?scenario=NAME`, with `&theme=` and `&language=` where wanted, which the browser's console and tests reach as `fakeBackend`. */
export function scenario(search: string): FakeBackend {
  const asked = new URLSearchParams(search);
  const name = asked.get("scenario") ?? "home";
  const state = (isScenario(name) ? scenarios[name] : snapshot)();
  const theme = (["light", "dark"] as const).find((known) => known === asked.get("theme"));
  const language = (["en", "de"] as const).find((known) => known === asked.get("language"));
  const settings = { ...state.settings, ...(theme && { theme }), ...(language && { language }) };
  const backend = new FakeBackend({ ...state, settings });
  return Object.assign(globalThis, { fakeBackend: backend }).fakeBackend;
}

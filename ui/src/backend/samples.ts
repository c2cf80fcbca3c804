import type { AnnouncedView } from "../bindings/AnnouncedView";
import type { CertificateView } from "../bindings/CertificateView";
import type { ContactView } from "../bindings/ContactView";
import type { DeviceView } from "../bindings/DeviceView";
import type { ErrorView } from "../bindings/ErrorView";
import type { KeystoreView } from "../bindings/KeystoreView";
import type { LedgerView } from "../bindings/LedgerView";
import type { LinkKind } from "../bindings/LinkKind";
import type { ParticipantView } from "../bindings/ParticipantView";
import type { ProposalView } from "../bindings/ProposalView";
import type { Recognition } from "../bindings/Recognition";
import type { RoundName } from "../bindings/RoundName";
import type { RoundStatus } from "../bindings/RoundStatus";
import type { SessionView } from "../bindings/SessionView";
import type { SettingsView } from "../bindings/SettingsView";
import type { Snapshot } from "../bindings/Snapshot";
import type { SolanaLedgerView } from "../bindings/SolanaLedgerView";
import type { SolanaServerView } from "../bindings/SolanaServerView";
import type { SolanaTransactionView } from "../bindings/SolanaTransactionView";
import type { TransactionView } from "../bindings/TransactionView";
import type { WalletStatus } from "../bindings/WalletStatus";
import type { WalletView } from "../bindings/WalletView";

const fingerprints = [
  "cradle humble oyster velvet mimic sunny harbor drift",
  "lunar pistol gravity candy wheel orbit salmon fever",
  "anchor violin maple crouch zebra ticket dune royal",
];

const hex = (seed: number, bytes: number) =>
  Array.from({ length: bytes }, (_, index) => ((seed * 89 + index * 57) % 256).toString(16).padStart(2, "0")).join("");

export const minute = 60_000;

export function device(name: string, seed = name.length): DeviceView {
  return { id: hex(seed, 32), name, fingerprint: (fingerprints[seed % fingerprints.length] ?? "").split(" ") };
}

export const alice = device("alice", 0);
export const bob = device("bob", 1);
export const charlie = device("charlie", 2);

export const own: Recognition = { kind: "own" };
export const stranger: Recognition = { kind: "stranger" };
export const known: Recognition = { kind: "known", verified: false };
export const verifiedContact: Recognition = { kind: "known", verified: true };
export const nameTaken = (contact: DeviceView): Recognition => ({ kind: "nameTaken", contact });

export function failure(code: string, message: string): ErrorView {
  return { code, message, parts: [] };
}

export const unreachableServer: ErrorView = {
  code: "server_unreachable",
  message: "Nothing answers at the server’s address and port.",
  parts: [{ id: "nobodyAtServer", values: {} }],
};

export function contact(change: Partial<ContactView> = {}): ContactView {
  const { device = bob } = change;
  return { device, claimedName: device.name, verified: false, firstMet: Date.UTC(2026, 4, 17, 12), wallets: [], ...change };
}

export function keystore(change: Partial<KeystoreView> = {}): KeystoreView {
  return { kind: "os", status: { state: "open" }, canSwitch: false, ...change };
}

export function settings(change: Partial<SettingsView> = {}): SettingsView {
  return {
    setUp: true,
    language: "system",
    theme: "system",
    bitcoinUnit: "btc",
    iceServers: [],
    relayOnly: false,
    autoLockMinutes: 15,
    lockWithSystem: true,
    appPassphrase: false,
    notifications: true,
    tray: false,
    logLevel: "warn",
    ...change,
  };
}

export function proposal(change: Partial<ProposalView> = {}): ProposalView {
  const { by = alice } = change;
  return {
    name: "Family savings",
    ciphersuite: "secp256k1-tr",
    network: "mainnet",
    threshold: 2,
    participants: 3,
    by,
    byRecognition: by.id === alice.id ? own : stranger,
    ...change,
  };
}

export const rounds: readonly RoundName[] = ["joining", "roster", "round1", "echo", "round2", "round3", "commit"];

/** A participant who is `done` with so many rounds and whose next one is `next`. */
export function participant(
  who: DeviceView,
  link: LinkKind,
  done: number,
  next: RoundStatus = "active",
  creator = false,
): ParticipantView {
  return {
    device: who,
    recognition: link === "own" ? own : stranger,
    creator,
    link,
    rounds: rounds.map((round, index) => ({
      round,
      status: index < done ? "done" : index === done ? next : "pending",
    })),
  };
}

export function session(change: Partial<SessionView> = {}): SessionView {
  return {
    key: "s1",
    sessionId: "pf1qy352eutjq0z4u5gpdxsuw6v3m8lne2hyrcka79tfw0d3sg5q8",
    creator: true,
    server: "wss://signal.example.org",
    proposal: proposal(),
    state: {
      state: "waiting",
      waitingFor: { kind: "participants", joined: 2, total: 3 },
      deadline: Date.now() + 55 * minute,
    },
    participants: [participant(alice, "own", 0, "active", true), participant(bob, "direct", 0)],
    announced: false,
    notAnnounced: null,
    requests: [],
    startedAt: Date.now() - 5 * minute,
    endedAt: null,
    ...change,
  };
}

export function announced(change: Partial<AnnouncedView> = {}): AnnouncedView {
  return { id: "a1", proposal: proposal({ name: "Chess club", by: bob }), joined: 1, recognition: stranger, ...change };
}

const receiveAddresses: Record<string, string> = {
  mainnet: "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
  testnet4: "tb1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqp3mvzv",
  signet: "tb1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqp3mvzv",
  regtest: "bcrt1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqvg32hk",
};

/** Made up from the first one: it looks like an address and belongs to nobody. */
export function addressAt(network: string | null, index: number): string {
  const first = receiveAddresses[network ?? "mainnet"] ?? "";
  return first.slice(0, -8) + hex(index, 4).replace(/[1b]/g, "q");
}

const xpub = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8";

type Active = Extract<WalletStatus, { state: "active" }>;

/** A Bitcoin wallet on `network` that can be used. */
export function active(change: Partial<Active> = {}, network = "mainnet"): Active {
  return {
    state: "active",
    verified: false,
    safetyWords: ["lantern", "copper", "eagle", "mountain", "tulip"],
    groupPublicKey: `02${hex(5, 32)}`,
    addresses: [{ network, address: receiveAddresses[network] ?? "" }],
    descriptors: [{ network, descriptor: `tr(${network === "mainnet" ? xpub : xpub.replace("xpub", "tpub")}/<0;1>/*)#8qzl3v0u` }],
    ...change,
  };
}

export const solana = active({
  groupPublicKey: hex(3, 32),
  addresses: [{ network: "mainnet", address: "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV1" }],
  descriptors: [],
});

export const raw = active({ addresses: [], descriptors: [] });

export function wallet(change: Partial<WalletView> = {}): WalletView {
  return {
    id: "w1",
    name: "Family savings",
    ceremonyName: "Family savings",
    ciphersuite: "secp256k1-tr",
    network: "mainnet",
    receiveIndex: 0,
    threshold: 2,
    members: [alice, bob, charlie],
    reachable: [{ device: bob.id, link: "direct" }],
    status: active(),
    createdAt: Date.UTC(2026, 4, 17, 12),
    confirmedByAll: true,
    ledger: null,
    solana: null,
    ...change,
  };
}

/** What a Bitcoin wallet has, as a node told it. */
export function ledger(change: Partial<LedgerView> = {}): LedgerView {
  const transactions: TransactionView[] = [
    { txid: hex(11, 32), change: 2_500_000, fee: null, paid: [], position: { kind: "pending", firstSeen: Date.UTC(2026, 4, 19, 8, 55) }, replaceable: false, label: null },
    {
      txid: hex(12, 32),
      change: -30_001_410,
      fee: 1_410,
      paid: [{ address: receiveAddresses["mainnet"] ?? "", amount: 20_000_000 }, { address: "bc1qother", amount: 10_000_000 }],
      position: { kind: "confirmed", height: 949_871, time: Date.UTC(2026, 4, 18, 20, 4), confirmations: 41 },
      replaceable: false,
      label: "Roof, second half",
    },
    { txid: hex(13, 32), change: 150_000_000, fee: null, paid: [], position: { kind: "confirmed", height: 949_911, time: Date.UTC(2026, 4, 18, 9, 30), confirmations: 1 }, replaceable: false, label: null },
    { txid: hex(14, 32), change: -900, fee: 900, paid: [], position: { kind: "confirmed", height: 949_001, time: Date.UTC(2026, 4, 17, 9, 30), confirmations: 1_204 }, replaceable: false, label: null },
  ];
  return {
    sync: { state: "current", at: Date.UTC(2026, 4, 19, 9, 3), height: 949_911 },
    balance: { confirmed: 119_997_690, ownPending: 0, othersPending: 2_500_000, immature: 0 },
    feeRates: { fast: 12, medium: 6.5, slow: 1.2 },
    transactions,
    transactionCount: transactions.length,
    ...change,
  };
}

export const usdc = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
export const bonk = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263";
const payee = "24PNhTaNtomHhoy3fTRaMhAFCRj4uHqhZEEoWrKDbR5p";

/** Looks like a transaction's name and is none. */
const signature = (letter: string) => `5VERv8NMvzbJ${letter.repeat(76)}`;

export function solanaTransaction(change: Partial<SolanaTransactionView> = {}): SolanaTransactionView {
  return {
    id: signature("a"),
    slot: 421_337_000,
    time: Date.UTC(2026, 4, 19, 8, 55),
    finalized: true,
    failure: null,
    effect: { sol: "2.5", tokens: [], fee: null, deposit: null, others: [payee], memo: null },
    label: null,
    ...change,
  };
}

/** What a Solana wallet has, as a server told it. */
export function solanaLedger(change: Partial<SolanaLedgerView> = {}): SolanaLedgerView {
  const tokens = [
    { account: "DShWnroshVbeUp28oopA3Pu7oFPDBtC1DBmPECXXAQ9n", mint: usdc, amount: "1204.5", decimals: 6, frozen: false, associated: true },
    { account: "He64k88GFSxvhGCbkrpXg5wq2PJ6GVpdnJCki4ubuFNJ", mint: bonk, amount: "0.00001", decimals: 5, frozen: true, associated: true },
    { account: "4zbmeeiUuWXeykVD1JHCXGriA7T56hW7mEXud8fhF2u2", mint: "7o36UsWR1JQLpZ9PE2gn9L4SQ69CNNiWAXd4Jt7rqz9Z", amount: null, decimals: null, frozen: false, associated: false },
  ];
  const transactions = [
    solanaTransaction({ finalized: false }),
    solanaTransaction({
      id: signature("b"),
      effect: { sol: "-0.00203928", tokens: [{ mint: usdc, amount: "-300" }], fee: "0.0000052", deposit: "0.00089088", others: [payee], memo: "Rent for March" },
      label: "Workshop, March",
    }),
    solanaTransaction({ id: signature("c"), effect: { sol: "-1.25", tokens: [{ mint: usdc, amount: "180.2" }], fee: "0.000005", deposit: null, others: [payee, usdc], memo: null } }),
    solanaTransaction({ id: signature("d"), failure: "Custom 1 in instruction 2", effect: { sol: "0", tokens: [], fee: "0.000005", deposit: null, others: [], memo: null } }),
    solanaTransaction({ id: signature("e"), time: null, effect: null }),
    solanaTransaction({ id: signature("f"), effect: { sol: "0", tokens: [], fee: null, deposit: null, others: [], memo: "Visit free-coins.example to win" } }),
  ];
  return { sync: { state: "current", at: Date.UTC(2026, 4, 19, 9, 3) }, balance: "12.345678901", tokens, tokenCount: tokens.length, transactions, ...change };
}

/** Where Solana wallets are looked up: nowhere, but for the networks of `urls`. */
export function solanaServers(urls: Record<string, string> = {}): SolanaServerView[] {
  const names = { mainnet: "mainnet-beta", devnet: "devnet", testnet: "testnet" };
  return Object.entries(names).map(([network, name]) => ({ network, url: urls[network] ?? null, suggested: `https://api.${name}.solana.com` }));
}

export function certificate(change: Partial<CertificateView> = {}): CertificateView {
  return {
    name: "Family savings",
    ciphersuite: "secp256k1-tr",
    network: "mainnet",
    threshold: 2,
    members: [alice, bob, charlie],
    groupPublicKey: `02${hex(5, 32)}`,
    transcriptHash: hex(7, 32),
    safetyWords: ["lantern", "copper", "eagle", "mountain", "tulip"],
    wallet: "w1",
    ...change,
  };
}

/** Public servers, as the node suggests them. */
const suggested: Partial<Record<string, string>> = {
  mainnet: "https://mempool.space/api",
  testnet4: "https://mempool.space/testnet4/api",
  signet: "https://mempool.space/signet/api",
};

export function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    revision: 1,
    device: alice,
    keystore: keystore(),
    server: { url: "wss://signal.example.org", status: { state: "connected" } },
    sessions: [],
    announced: [],
    browsing: true,
    asked: [],
    wallets: [],
    requests: [],
    contacts: [],
    settings: settings(),
    chainSources: ["mainnet", "testnet4", "signet", "regtest"].map((network) => ({ network, source: null, suggested: suggested[network] ?? null })),
    solanaServers: solanaServers(),
    hosting: { state: "off" },
    problems: [],
    ...change,
  };
}

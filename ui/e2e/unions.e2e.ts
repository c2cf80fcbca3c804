import { readdirSync, readFileSync } from "node:fs";

import { scenarios } from "../src/backend/scenarios";
import type { AskedState } from "../src/bindings/AskedState";
import type { ChainSource } from "../src/bindings/ChainSource";
import type { CiphersuiteView } from "../src/bindings/CiphersuiteView";
import type { DecisionView } from "../src/bindings/DecisionView";
import type { FeeLevelView } from "../src/bindings/FeeLevelView";
import type { HostingView } from "../src/bindings/HostingView";
import type { KeystoreKind } from "../src/bindings/KeystoreKind";
import type { KeystoreStatus } from "../src/bindings/KeystoreStatus";
import type { LinkKind } from "../src/bindings/LinkKind";
import type { LockView } from "../src/bindings/LockView";
import type { MeaningView } from "../src/bindings/MeaningView";
import type { MisbehaviourView } from "../src/bindings/MisbehaviourView";
import type { PositionView } from "../src/bindings/PositionView";
import type { PublicationView } from "../src/bindings/PublicationView";
import type { Recognition } from "../src/bindings/Recognition";
import type { RequestState } from "../src/bindings/RequestState";
import type { RoundName } from "../src/bindings/RoundName";
import type { RoundStatus } from "../src/bindings/RoundStatus";
import type { ServerStatus } from "../src/bindings/ServerStatus";
import type { SessionState } from "../src/bindings/SessionState";
import type { Snapshot } from "../src/bindings/Snapshot";
import type { SolanaSyncView } from "../src/bindings/SolanaSyncView";
import type { StandView } from "../src/bindings/StandView";
import type { SyncView } from "../src/bindings/SyncView";
import type { TargetView } from "../src/bindings/TargetView";
import type { TransferState } from "../src/bindings/TransferState";
import type { WaitingFor } from "../src/bindings/WaitingFor";
import type { WalletStatus } from "../src/bindings/WalletStatus";
import { expect, test } from "./device";

/** All cases of a union, of which the compiler misses the ones that are not named, and where they are in a state. */
interface Cases<Name extends string> {
  cases: Record<Name, true>;
  in: (snapshot: Snapshot) => Name[];
}
const cases = <Name extends string>(cases: Record<Name, true>, where: (snapshot: Snapshot) => Name[]): Cases<Name> => ({ cases, in: where });

const meanings = ({ requests }: Snapshot) => requests.map(({ meaning }) => meaning);
const spends = (snapshot: Snapshot) => meanings(snapshot).flatMap((meaning) => (meaning.kind === "bitcoin" ? [meaning] : []));
const participants = ({ sessions }: Snapshot) => sessions.flatMap((session) => session.participants);

const unions = {
  "a keystore's kind": cases<KeystoreKind>({ os: true, vault: true }, ({ keystore }) => [keystore.kind]),
  "a keystore's status": cases<KeystoreStatus["state"]>(
    { open: true, needsPassphrase: true, unavailable: true, locked: true },
    ({ keystore }) => [keystore.status.state],
  ),
  "the server's status": cases<ServerStatus["state"]>(
    { idle: true, connecting: true, connected: true, waiting: true },
    ({ server }) => [server.status.state],
  ),
  "a look at the chain": cases<SyncView["state"]>(
    { noSource: true, scanning: true, current: true, failed: true },
    ({ wallets }) => wallets.flatMap(({ ledger }) => (ledger ? [ledger.sync.state] : [])),
  ),
  "what became of a transaction": cases<PublicationView["state"]>(
    { unknown: true, unsent: true, pending: true, confirmed: true, replaced: true },
    (snapshot) => spends(snapshot).flatMap(({ publication }) => (publication ? [publication.state] : [])),
  ),
  "a source of chain data": cases<ChainSource["kind"]>({ node: true, nodeWithUser: true, esplora: true }, ({ chainSources }) =>
    chainSources.flatMap(({ source }) => (source ? [source.kind] : [])),
  ),
  "a look at a Solana wallet": cases<SolanaSyncView["state"]>(
    { noSource: true, looking: true, current: true, failed: true },
    ({ wallets }) => wallets.flatMap(({ solana }) => (solana ? [solana.sync.state] : [])),
  ),
  hosting: cases<HostingView["state"]>({ off: true, starting: true, on: true, failed: true }, ({ hosting }) => [hosting.state]),
  "a session's state": cases<SessionState["state"]>(
    { waiting: true, inProgress: true, completed: true, failed: true },
    ({ sessions }) => sessions.map(({ state }) => state.state),
  ),
  "what a session waits for": cases<WaitingFor["kind"]>(
    { server: true, creator: true, consent: true, participants: true },
    ({ sessions }) => sessions.flatMap(({ state }) => (state.state === "waiting" ? [state.waitingFor.kind] : [])),
  ),
  "a request to join": cases<AskedState["state"]>({ waiting: true, admitted: true, ended: true }, ({ asked }) =>
    asked.map(({ state }) => state.state),
  ),
  "a signing request's state": cases<RequestState["state"]>(
    { open: true, signed: true, cancelled: true, superseded: true, expired: true },
    ({ requests }) => requests.map(({ state }) => state.state),
  ),
  "what is to be signed": cases<MeaningView["kind"]>({ message: true, bitcoin: true, solana: true, unreadable: true }, (snapshot) =>
    meanings(snapshot).map(({ kind }) => kind),
  ),
  "a user's decision": cases<DecisionView>({ undecided: true, approved: true, rejected: true }, ({ requests }) =>
    requests.map(({ decision }) => decision),
  ),
  "where a member stands": cases<StandView["kind"]>(
    { undecided: true, approved: true, rejected: true, signing: true, signed: true, excluded: true },
    ({ requests }) => requests.flatMap(({ members }) => members.map(({ stand }) => stand.kind)),
  ),
  "what a member did that it must not": cases<MisbehaviourView>(
    { malformed: true, unsupportedVersion: true, notProposer: true, badPackage: true, badShare: true, wrongCount: true, badOutcome: true },
    ({ requests }) => requests.flatMap(({ members }) => members.flatMap(({ misbehaved }) => misbehaved ?? [])),
  ),
  "how high a fee is": cases<FeeLevelView>({ low: true, usual: true, high: true, extreme: true }, (snapshot) =>
    spends(snapshot).map(({ feeLevel }) => feeLevel),
  ),
  "whom an output pays": cases<TargetView["kind"]>({ change: true, receive: true, address: true, data: true }, (snapshot) =>
    spends(snapshot).flatMap(({ outputs }) => outputs.map(({ target }) => target.kind)),
  ),
  "what a transaction waits for": cases<LockView["kind"]>({ height: true, time: true }, (snapshot) =>
    spends(snapshot).flatMap(({ lockedUntil }) => (lockedUntil ? [lockedUntil.kind] : [])),
  ),
  "what became of a payment": cases<TransferState["state"]>(
    { pending: true, included: true, failed: true, expired: true, unknown: true },
    (snapshot) => meanings(snapshot).flatMap((meaning) => (meaning.kind === "solana" && meaning.transfer ? [meaning.transfer.state.state] : [])),
  ),
  "where a transaction is": cases<PositionView["kind"]>({ pending: true, confirmed: true }, ({ wallets }) =>
    wallets.flatMap(({ ledger }) => ledger?.transactions.map(({ position }) => position.kind) ?? []),
  ),
  "a link's kind": cases<LinkKind>({ own: true, connecting: true, direct: true, relayed: true, down: true }, (snapshot) =>
    participants(snapshot).map(({ link }) => link),
  ),
  "a round": cases<RoundName>(
    { joining: true, roster: true, round1: true, echo: true, round2: true, round3: true, commit: true },
    (snapshot) => participants(snapshot).flatMap(({ rounds }) => rounds.map(({ round }) => round)),
  ),
  "a round's status": cases<RoundStatus>({ pending: true, active: true, done: true, failed: true }, (snapshot) =>
    participants(snapshot).flatMap(({ rounds }) => rounds.map(({ status }) => status)),
  ),
  "what is known of a device": cases<Recognition["kind"]>({ own: true, stranger: true, known: true, nameTaken: true }, (snapshot) => [
    ...participants(snapshot).map(({ recognition }) => recognition.kind),
    ...snapshot.announced.map(({ recognition }) => recognition.kind),
    ...snapshot.sessions.flatMap(({ requests }) => requests.map(({ recognition }) => recognition.kind)),
  ]),
  "a wallet's status": cases<WalletStatus["state"]>(
    { unfinished: true, active: true, quarantined: true, unusable: true },
    ({ wallets }) => wallets.map(({ status }) => status.state),
  ),
  "a wallet's ciphersuite": cases<CiphersuiteView>({ ed25519: true, secp256k1: true, "secp256k1-tr": true }, ({ wallets }) =>
    wallets.map(({ ciphersuite }) => ciphersuite),
  ),
};

test.describe("the scenarios, every one of which is looked at, hold every case of", () => {
  const states: Snapshot[] = Object.values(scenarios).map((scenario) => scenario());
  for (const [name, union] of Object.entries(unions) as [string, Cases<string>][]) {
    test(name, () => {
      const shown = new Set(states.flatMap((state) => union.in(state)));
      expect([...shown].sort()).toEqual(Object.keys(union.cases).sort());
    });
  }
});

test("no union is forgotten", () => {
  const elsewhere = [
    // What can be chosen: the forms offer each, in tests of their own.
    ...["BitcoinUnit", "ChainSourceEntry", "KeystoreKind", "LanguageChoice", "LogLevel", "MessageContent", "Theme"],
    // What happens once, and is not shown.
    ...["MenuAction", "ShellEvent"],
    // Texts, of which each language must have all.
    ...["MessageId", "MessagePart"],
    // Only in the files that are saved.
    "Scheme",
  ];
  const folder = new URL("../src/bindings/", import.meta.url);
  const found = readdirSync(folder).filter((file) => isUnion(readFileSync(new URL(file, folder), "utf8")));
  expect(found).toContain("SessionState.ts");
  const self = readFileSync(new URL(import.meta.url), "utf8");
  const missing = found.map((file) => file.replace(/\.ts$/, "")).filter((name) => !elsewhere.includes(name) && !self.includes(`cases<${name}`));
  expect(missing).toEqual([]);
});

/** Whether a generated type is one of several, of which an interface may not know one. */
function isUnion(binding: string): boolean {
  const type = binding.replaceAll(/\/\*\*.*?\*\//gs, "").replace(/^.*?export type \w+ =/s, "");
  let depth = 0;
  for (const character of type) {
    if ("{[(<".includes(character)) depth += 1;
    if ("}])>".includes(character)) depth -= 1;
    if (character === "|" && depth === 0) return true;
  }
  return false;
}

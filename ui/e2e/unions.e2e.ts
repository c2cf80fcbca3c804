import { scenarios } from "../src/backend/scenarios";
import type { AskedState } from "../src/bindings/AskedState";
import type { CiphersuiteView } from "../src/bindings/CiphersuiteView";
import type { HostingView } from "../src/bindings/HostingView";
import type { KeystoreKind } from "../src/bindings/KeystoreKind";
import type { KeystoreStatus } from "../src/bindings/KeystoreStatus";
import type { LinkKind } from "../src/bindings/LinkKind";
import type { Recognition } from "../src/bindings/Recognition";
import type { RoundName } from "../src/bindings/RoundName";
import type { RoundStatus } from "../src/bindings/RoundStatus";
import type { ServerStatus } from "../src/bindings/ServerStatus";
import type { SessionState } from "../src/bindings/SessionState";
import type { Snapshot } from "../src/bindings/Snapshot";
import type { SyncView } from "../src/bindings/SyncView";
import type { WaitingFor } from "../src/bindings/WaitingFor";
import type { WalletStatus } from "../src/bindings/WalletStatus";
import { expect, test } from "./device";

/** All cases of a union, of which the compiler misses the ones that are not named, and where they are in a state. */
interface Cases<Name extends string> {
  cases: Record<Name, true>;
  in: (snapshot: Snapshot) => Name[];
}
const cases = <Name extends string>(cases: Record<Name, true>, where: (snapshot: Snapshot) => Name[]): Cases<Name> => ({ cases, in: where });

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
  hosting: cases<HostingView["state"]>({ off: true, starting: true, on: true, failed: true }, ({ hosting }) => [hosting.state]),
  "a session's state": cases<SessionState["state"]>(
    { waiting: true, inProgress: true, completed: true, failed: true },
    ({ sessions }) => sessions.map(({ state }) => state.state),
  ),
  "what a session waits for": cases<WaitingFor["kind"]>(
    { server: true, creator: true, consent: true, participants: true },
    ({ sessions }) => sessions.flatMap(({ state }) => (state.state === "waiting" ? [state.waitingFor.kind] : [])),
  ),
  "a request's state": cases<AskedState["state"]>({ waiting: true, admitted: true, ended: true }, ({ asked }) =>
    asked.map(({ state }) => state.state),
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

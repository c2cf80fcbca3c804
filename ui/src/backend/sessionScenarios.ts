import type { Recognition } from "../bindings/Recognition";
import type { Snapshot } from "../bindings/Snapshot";
import * as sample from "./samples";
import { alice, bob, charlie, device, minute, participant, proposal, session, snapshot } from "./samples";

const waiting = (kind: "server" | "creator" | "consent") => ({ state: "waiting", waitingFor: { kind }, deadline: Date.now() + 9 * minute }) as const;
const joined = (joined: number, total: number) =>
  ({ state: "waiting", waitingFor: { kind: "participants", joined, total }, deadline: Date.now() + 48 * minute }) as const;
const as = (recognition: Recognition, ...who: Parameters<typeof participant>) => ({ ...participant(...who), recognition });

const impostor = device("bob", 44);
const arabic = device("حاسوب جدتي القديم في الطابق العلوي", 41);
const emoji = device("👵🏽💻 Oma’s laptop with a name that is as long as it may be 🧊🧊", 42);
const unbroken = device("W".repeat(60), 43);

/** Sessions as their creator or as somebody who joined sees them. */
export const sessionScenarios = {
  /** Begun a moment ago, with an invitation to a test network. */
  inviting: () =>
    snapshot({
      sessions: [
        session({
          sessionId: "pf1qycrzv3nxs6nvdec89skycmyv4npsamnwvaz7tmnd9nkuctv9ejhsctdwpkx2tn0wfns6vq0xp",
          proposal: proposal({ network: "signet" }),
          state: joined(1, 3),
          participants: [participant(alice, "own", 0, "active", true)],
        }),
      ],
    }),
  /** Half of fifty are there. */
  gathering: () =>
    snapshot({
      sessions: [
        session({
          proposal: proposal({ name: "Cooperative", threshold: 26, participants: 50 }),
          state: joined(23, 50),
          participants: Array.from({ length: 23 }, (_, index) =>
            as(
              index === 0 ? sample.own : index % 5 === 0 ? sample.verifiedContact : index % 3 === 0 ? sample.known : sample.stranger,
              device(index === 4 ? unbroken.name : `device ${index + 1}`, index),
              index === 0 ? "own" : index % 7 === 0 ? "relayed" : index === 22 ? "connecting" : "direct",
              0,
              "active",
              index === 0,
            ),
          ),
        }),
      ],
    }),
  /** Known, strange and pretending devices, with names that are hard to show. */
  names: () =>
    snapshot({
      sessions: [
        session({
          proposal: proposal({ name: "مدخرات العائلة 👨‍👩‍👧‍👦 for everything that may come in the next few years", threshold: 4, participants: 7 }),
          state: joined(6, 7),
          participants: [
            participant(alice, "own", 0, "active", true),
            as(sample.verifiedContact, bob, "direct", 0),
            as(sample.known, arabic, "relayed", 0),
            as(sample.stranger, emoji, "connecting", 0),
            as(sample.stranger, unbroken, "down", 0),
            as(sample.nameTaken(bob), impostor, "direct", 0),
          ],
        }),
      ],
    }),
  /** Someone asks to be let in under the name of a contact. */
  pretender: () =>
    snapshot({
      sessions: [session({ announced: true, requests: [{ id: "r1", device: impostor, recognition: sample.nameTaken(bob) }] })],
      browsing: true,
      announced: [
        sample.announced({ id: "a1", recognition: sample.nameTaken(bob), proposal: proposal({ name: "Savings", network: "testnet4", by: impostor, byRecognition: sample.nameTaken(bob) }) }),
        sample.announced({ id: "a2", recognition: sample.verifiedContact, proposal: proposal({ name: "Chess club", by: charlie, byRecognition: sample.verifiedContact }) }),
      ],
    }),
  /** Nobody has asked yet. */
  announcing: () => snapshot({ sessions: [session({ announced: true })] }),
  /** The server lists no more sessions. */
  notAnnounced: () =>
    snapshot({
      sessions: [
        session({
          notAnnounced: sample.failure(
            "not_announced",
            "Nobody can find this session on the server, or ask to be let in. The server lists as many sessions as it takes. Send the session ID to the others instead; they can join with it all the same.",
          ),
        }),
      ],
    }),
  /** Someone proposes a wallet under the name of a contact. */
  proposedByPretender: () =>
    snapshot({
      device: charlie,
      sessions: [
        session({
          creator: false,
          sessionId: null,
          proposal: proposal({ by: impostor, byRecognition: sample.nameTaken(bob), network: "testnet4" }),
          state: waiting("consent"),
          participants: [participant(charlie, "own", 0), as(sample.nameTaken(bob), impostor, "direct", 0, "active", true)],
        }),
      ],
    }),
  connecting: () =>
    snapshot({
      server: { url: "wss://signal.example.org", status: { state: "waiting", retryAt: Date.now() + 12_000, reason: sample.unreachableServer } },
      sessions: [session({ state: waiting("server"), participants: [participant(alice, "own", 0, "active", true)] })],
    }),
  absent: () =>
    snapshot({
      device: bob,
      sessions: [session({ creator: false, sessionId: null, proposal: null, state: waiting("creator"), participants: [participant(bob, "own", 0)] })],
    }),
  agreed: () =>
    snapshot({
      device: bob,
      sessions: [
        session({
          creator: false,
          sessionId: null,
          state: joined(2, 3),
          participants: [participant(bob, "own", 0), as(sample.verifiedContact, alice, "relayed", 0, "active", true)],
        }),
      ],
    }),
  /** As somebody who joined sees the end. */
  cancelled: () =>
    snapshot({
      device: bob,
      sessions: [
        session({
          creator: false,
          sessionId: null,
          endedAt: Date.now(),
          state: { state: "failed", error: sample.failure("cancelled", "“alice” ended the session. No wallet was made, and no money is affected."), culprits: [], unfinishedWallet: null },
          participants: [participant(bob, "own", 0, "pending"), participant(alice, "down", 0, "pending", true)],
        }),
      ],
    }),
  leftUnfinished: () =>
    snapshot({
      sessions: [
        session({
          sessionId: null,
          endedAt: Date.now(),
          state: { state: "failed", error: sample.failure("timeout", "“charlie” did not answer in time. Nothing was paid into the wallet, so no money is affected."), culprits: [], unfinishedWallet: "w1" },
          participants: [participant(alice, "own", 7, "done", true), participant(bob, "direct", 7, "done"), participant(charlie, "down", 6, "failed")],
        }),
      ],
      wallets: [sample.wallet({ status: { state: "unfinished", missing: ["charlie"] } })],
    }),
} satisfies Record<string, () => Snapshot>;

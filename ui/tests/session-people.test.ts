import { screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { BackendError } from "../src/backend";
import {
  alice, bob, charlie, device, failure, known, minute, nameTaken, participant, proposal, session, stranger, verifiedContact,
} from "../src/backend/samples";
import type { ParticipantView } from "../src/bindings/ParticipantView";
import { textIn } from "../src/components/qr/code";
import { invitationOf } from "../src/flows/session/invitation";
import { newsOf } from "../src/flows/session/news";
import { seated } from "../src/flows/session/seats";
import { m } from "../src/messages";
import { atSession, open } from "./app";

const deadline = Date.now() + 5 * minute;
const consent = session({
  creator: false,
  sessionId: null,
  proposal: proposal({ byRecognition: stranger }),
  state: { state: "waiting", waitingFor: { kind: "consent" }, deadline },
});
const impostor = device("bob", 7);

describe("the invitation", () => {
  it("copies the session ID and says so", async () => {
    const { backend, user } = open(atSession, { sessions: [session()] });
    const id = (await screen.findByTestId("session-id")).textContent;
    expect(id, "as it is copied, without blanks").toBe(session().sessionId);
    await user.click(screen.getByRole("button", { name: "Copy Session ID" }));
    expect(backend.calls).toEqual([["copyText", id, true]]);
    expect(await screen.findByText(m.copy.taken("Session ID"))).toHaveAttribute("role", "status");
  });

  it("says so too when it could not be copied", async () => {
    const { backend, user } = open(atSession, { sessions: [session()] });
    backend.answer("copyText", new BackendError("clipboard", "no clipboard"));
    await user.click(await screen.findByRole("button", { name: "Copy Session ID" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(m.copy.failed);
  });

  it("copies a message that can be sent and pasted as it is", async () => {
    const { backend, user } = open(atSession, { sessions: [session()] });
    await user.click(await screen.findByRole("button", { name: "Copy invitation" }));
    const [, text] = backend.calls[0] ?? [];
    for (const part of ["Family savings", "Bitcoin", "2 of 3", session().sessionId, "Permafrost"]) expect(text).toContain(part);
  });

  it.each([
    [{ network: "signet" }, /on the test network Signet/],
    [{ ciphersuite: "ed25519", network: "devnet" }, /Solana wallet on the test network Devnet/],
    [{ ciphersuite: "secp256k1", network: null }, /signing messages/],
  ] as const)("names what %o is", (change, expected) => {
    expect(invitationOf(proposal(change), "pf1abc")).toMatch(expected);
  });

  it("shows a code that holds the link", async () => {
    open(atSession, { sessions: [session()] });
    const path = (await screen.findByTestId("session-qr")).querySelector("path")?.getAttribute("d") ?? "";
    const size = Number(screen.getByTestId("session-qr").getAttribute("viewBox")?.split(" ")[2]);
    const data = new Uint8ClampedArray((size * 4) ** 2 * 4).fill(255);
    for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
      for (let dy = 0; dy < 4; dy++) {
        const start = ((Number(y) * 4 + dy) * size * 4 + Number(x) * 4) * 4;
        for (let pixel = 0; pixel < Number(run) * 4; pixel++) data.fill(0, start + pixel * 4, start + pixel * 4 + 3);
      }
    }
    expect(textIn({ width: size * 4, height: size * 4, data })).toBe(`permafrost:join/${session().sessionId}`);
  });

  it("is not there for who has none to give", async () => {
    open(atSession, { sessions: [session({ sessionId: null })] });
    await screen.findByTestId("session-state");
    expect(screen.queryByTestId("session-id")).toBeNull();
  });
});

describe("consent", () => {
  it("is given knowing what, how many and by whom", async () => {
    const { backend, user } = open(atSession, { device: bob, sessions: [consent] });
    const facts = await screen.findByTestId("proposal");
    for (const fact of ["Family savings", "Bitcoin", "2 of 3", m.meaning.money.can(2, 3), "alice", m.recognition.stranger, ...alice.fingerprint]) {
      expect(facts, fact).toHaveTextContent(fact);
    }
    expect(within(facts).queryByTestId("test-network")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Agree and join" }));
    expect(backend.calls).toEqual([["consent", "s1"]]);
  });

  it("leaves the keyboard somewhere when its buttons go", async () => {
    const { backend, user } = open(atSession, { device: bob, sessions: [consent] });
    await user.click(await screen.findByRole("button", { name: "Agree and join" }));
    backend.publish({ sessions: [{ ...consent, state: { state: "waiting", waitingFor: { kind: "participants", joined: 2, total: 3 }, deadline } }] });
    await vi.waitFor(() => expect(screen.getByRole("heading", { level: 1 })).toHaveFocus());
  });

  it("can be declined", async () => {
    const { backend, user } = open(atSession, { device: bob, sessions: [consent] });
    await user.click(await screen.findByRole("button", { name: "Decline" }));
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Decline" }));
    expect(backend.calls).toEqual([["leaveSession", "s1"]]);
    expect(location.hash).toBe("#/home");
  });

  it("says of a test network that it is one", async () => {
    open(atSession, { device: bob, sessions: [{ ...consent, proposal: proposal({ network: "testnet4" }) }] });
    expect(within(await screen.findByTestId("proposal")).getByTestId("test-network")).toHaveTextContent("Test network Testnet4");
    expect(screen.getByText(m.networks.testText)).toBeVisible();
  });

  it("to one who bears a contact's name is asked for twice, with both fingerprints", async () => {
    const taken = proposal({ by: impostor, byRecognition: nameTaken(bob) });
    const { backend, user } = open(atSession, { sessions: [{ ...consent, proposal: taken }] });
    const warning = await screen.findByTestId("name-taken");
    expect(warning).toHaveTextContent(m.recognition.takenTitle("bob"));
    for (const word of [...impostor.fingerprint, ...bob.fingerprint]) expect(warning).toHaveTextContent(word);
    await user.click(screen.getByRole("button", { name: m.session.consent.agreeAnyway }));
    expect(backend.calls).toEqual([]);
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: m.session.consent.agreeAnyway }));
    expect(backend.calls).toEqual([["consent", "s1"]]);
  });

  it("to one who bears this device's own name says that", async () => {
    open(atSession, { sessions: [{ ...consent, proposal: proposal({ by: device("alice", 9), byRecognition: nameTaken(alice) }) }] });
    expect(await screen.findByTestId("name-taken")).toHaveTextContent(m.recognition.ownTitle);
  });
});

describe("participants", () => {
  it("show their link and how far they are", async () => {
    open(atSession, {
      sessions: [
        session({
          state: { state: "inProgress", round: "echo", missing: ["bob"], deadline },
          participants: [
            participant(alice, "own", 4, "active", true),
            participant(bob, "relayed", 3),
            participant(charlie, "down", 3, "failed"),
          ],
        }),
      ],
    });
    const [own, relayed, down] = await screen.findAllByTestId("participant");
    expect(own).toHaveTextContent(m.session.link.own);
    expect(own).toHaveTextContent(m.session.part(4, 7));
    expect(own, "is done with this step").not.toHaveTextContent(m.session.awaited);
    expect(relayed).toHaveTextContent(m.session.link.relayed);
    expect(relayed).toHaveTextContent(m.session.part(3, 7));
    expect(relayed).toHaveTextContent(m.session.awaited);
    expect(down).toHaveTextContent(m.session.partFailed(m.session.round.echo.name));
    expect(screen.getByTestId("missing")).toHaveTextContent("Waiting for bob.");
  });

  it("are recognised, and shown with their words when looked at", async () => {
    const who = (name: ParticipantView, recognition: ParticipantView["recognition"]) => ({ ...name, recognition });
    const { user } = open(atSession, {
      sessions: [
        session({
          proposal: proposal({ participants: 4 }),
          participants: [
            participant(alice, "own", 0, "active", true),
            who(participant(bob, "direct", 0), verifiedContact),
            who(participant(charlie, "direct", 0), known),
            who(participant(impostor, "direct", 0), nameTaken(bob)),
          ],
        }),
      ],
    });
    const tiles = await screen.findAllByTestId("participant");
    for (const [index, text] of [undefined, m.recognition.verified, m.recognition.known, m.recognition.nameTaken].entries()) {
      if (text) expect(tiles[index]).toHaveTextContent(text);
    }
    await user.click(within(tiles[2] as HTMLElement).getByRole("button"));
    const details = screen.getByRole("dialog", { name: "charlie" });
    for (const word of charlie.fingerprint) expect(details).toHaveTextContent(word);
    expect(details).toHaveTextContent(m.session.linkText.direct);
    await user.keyboard("{Escape}");
    await user.click(within(tiles[3] as HTMLElement).getByRole("button"));
    expect(within(screen.getByRole("dialog", { name: "bob" })).getByTestId("name-taken")).toBeVisible();
  });

  it("lead to this device's own words, which whoever joins compares", async () => {
    const { user } = open(atSession, { sessions: [session({ participants: [participant(alice, "own", 0, "active", true)] })] });
    const own = await screen.findByTestId("participant");
    expect(own).toHaveTextContent(m.session.ownWords);
    await user.click(within(own).getByRole("button"));
    for (const word of alice.fingerprint) expect(screen.getByRole("dialog", { name: alice.name })).toHaveTextContent(word);
  });

  it("may be fifty, with long names", async () => {
    const long = "W".repeat(60);
    const participants = Array.from({ length: 50 }, (_, index) =>
      participant(device(index === 9 ? long : `device ${index}`, index), index === 0 ? "own" : "direct", 3),
    );
    open(atSession, {
      sessions: [
        session({
          proposal: proposal({ name: long, threshold: 26, participants: 50 }),
          state: { state: "inProgress", round: "round2", missing: [long, ...participants.slice(20, 40).map((who) => who.device.name)], deadline },
          participants,
        }),
      ],
    });
    expect(await screen.findAllByTestId("participant")).toHaveLength(50);
    expect(screen.getByRole("heading", { level: 1, name: long })).toBeVisible();
    expect(screen.getByTestId("missing")).toHaveTextContent("and 17 others.");
  });

  it("have their places reserved while they join", async () => {
    const { backend } = open(atSession, { sessions: [session()] });
    expect(await screen.findAllByTestId("participant")).toHaveLength(2);
    expect(screen.getAllByTestId("free-place")).toHaveLength(1);
    backend.publish({ sessions: [session({ participants: [...session().participants, participant(charlie, "direct", 0)] })] });
    await vi.waitFor(() => expect(screen.getAllByTestId("participant")).toHaveLength(3));
    expect(screen.queryByTestId("free-place")).toBeNull();
  });
});

describe("a seat", () => {
  const people = (...names: string[]) => names.map((name) => participant({ ...device(name), id: name }, "direct", 0));

  it("is kept by whoever has it, wherever the list puts newcomers", () => {
    const first = seated([], people("me", "carol"), 4);
    expect(first).toEqual(["me", "carol", undefined, undefined]);
    expect(seated(first, people("me", "bob", "carol"), 4)).toEqual(["me", "carol", "bob", undefined]);
  });

  it("becomes free in the middle, and is taken by the next who comes", () => {
    const left = seated(["me", "carol", "bob", undefined], people("me", "bob"), 4);
    expect(left).toEqual(["me", undefined, "bob", undefined]);
    expect(seated(left, people("me", "bob", "dave"), 4)).toEqual(["me", "dave", "bob", undefined]);
  });

  it("is there for everyone, even if more are there than there are places", () => {
    expect(seated([], people("a", "b", "c"), 2)).toEqual(["a", "b", "c"]);
    expect(seated(["a", "b", "c"], people("a", "c"), 2)).toEqual(["a", undefined, "c"]);
    expect(seated(["a", "b", "c"], people("a", "b"), 2)).toEqual(["a", "b"]);
  });
});

describe("requests to join", () => {
  const requests = [
    { id: "r1", device: charlie, recognition: stranger },
    { id: "r2", device: bob, recognition: known },
  ];

  it("show words to compare for a stranger, and are admitted or refused by name", async () => {
    const { backend, user } = open(atSession, { sessions: [session({ requests })] });
    const [unknown, met] = await screen.findAllByTestId("join-request");
    expect(unknown).toHaveTextContent(m.session.requestStranger);
    for (const word of charlie.fingerprint) expect(unknown).toHaveTextContent(word);
    expect(met).toHaveTextContent(m.session.requestKnown);
    await user.click(screen.getByRole("button", { name: "Admit charlie" }));
    await user.click(screen.getByRole("button", { name: "Refuse bob" }));
    expect(backend.calls).toEqual([
      ["answerRequest", "s1", "r1", true],
      ["answerRequest", "s1", "r2", false],
    ]);
  });

  it("of one who bears a contact's name are admitted only after a warning", async () => {
    const { backend, user } = open(atSession, {
      sessions: [session({ requests: [{ id: "r3", device: impostor, recognition: nameTaken(bob) }] })],
    });
    expect(await screen.findByTestId("name-taken")).toHaveTextContent(m.recognition.takenText("bob"));
    await user.click(screen.getByRole("button", { name: "Admit anyway: bob" }));
    expect(backend.calls).toEqual([]);
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: m.session.admitAnyway }));
    expect(backend.calls).toEqual([["answerRequest", "s1", "r3", true]]);
  });

  it("take back the question when they are withdrawn", async () => {
    const { backend, user } = open(atSession, {
      sessions: [session({ requests: [{ id: "r3", device: impostor, recognition: nameTaken(bob) }] })],
    });
    await user.click(await screen.findByRole("button", { name: "Admit anyway: bob" }));
    backend.publish({ sessions: [session()] });
    await vi.waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
  });

  it("have a place of their own before the first comes", async () => {
    open(atSession, { sessions: [session({ announced: true })] });
    expect(await screen.findByText(m.session.noRequests)).toBeVisible();
  });

  it("can't come where the server does not announce the session, and its creator is told why", async () => {
    const notAnnounced = failure("not_announced", "The server lists as many sessions as it takes.");
    open(atSession, { sessions: [session({ notAnnounced })] });
    const notice = await screen.findByTestId("not-announced");
    expect(notice).toHaveTextContent(m.session.notAnnounced);
    expect(notice).toHaveTextContent(notAnnounced.message);
    expect(screen.queryByText(m.session.announcedTag)).toBeNull();
    expect(screen.getByTestId("session-id"), "it goes on with its ID").toBeVisible();
  });
});

describe("news for those who don't see the screen", () => {
  const crowd = (count: number) => [participant(alice, "own", 0, "active", true), ...Array.from({ length: count }, (_, index) => participant(device(`device ${index}`, index + 3), "direct", 0))];
  const of50 = (count: number) => session({ proposal: proposal({ participants: 50 }), participants: crowd(count) });

  it("tell who came and who went", () => {
    const two = session();
    const three = session({ participants: [...two.participants, participant(charlie, "direct", 0)] });
    expect(newsOf(two, three)).toBe("charlie is here. 3 of 3.");
    expect(newsOf(three, two)).toBe("charlie has left. 2 of 3.");
    expect(newsOf(two, two)).toBe("");
  });

  it("tell of many in one short sentence", () => {
    expect(newsOf(of50(0), of50(49))).toBe("device 0, device 1, and 47 others are here. 50 of 50.");
  });

  it("tell of requests, steps and the end", () => {
    const asked = session({ requests: [{ id: "r1", device: charlie, recognition: stranger }] });
    expect(newsOf(session(), asked)).toBe("charlie asks to join.");
    const echo = session({ state: { state: "inProgress", round: "echo", missing: ["bob"], deadline } });
    expect(newsOf(session(), echo)).toBe("Step 4 of 7: Compare.");
    expect(newsOf(echo, session({ state: { state: "inProgress", round: "echo", missing: [], deadline } }))).toBe("");
    expect(newsOf(echo, session({ state: { state: "completed", walletId: "w1", unconfirmed: [] } }))).toBe("The wallet is ready.");
    const error = { code: "expired", message: "Nobody came.", parts: [] };
    expect(newsOf(echo, session({ state: { state: "failed", error, culprits: [], unfinishedWallet: null } }))).toBe(
      "The session ended without a wallet. Nobody came.",
    );
  });

  describe("are said", () => {
    beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
    afterEach(() => vi.useRealTimers());

    it("once for all that happens within a moment", async () => {
      const { backend } = open(atSession, { sessions: [of50(0)] });
      await vi.advanceTimersByTimeAsync(0);
      const said: (string | null)[] = [];
      const region = screen.getByTestId("news");
      new MutationObserver(() => said.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
      for (let count = 1; count <= 49; count++) {
        backend.publish({ sessions: [of50(count)] });
        await vi.advanceTimersByTimeAsync(100);
      }
      await vi.advanceTimersByTimeAsync(5_000);
      expect(region).toHaveTextContent("50 of 50.");
      expect(said.length).toBeLessThanOrEqual(5);
    });
  });
});

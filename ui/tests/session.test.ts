import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import { BackendError } from "../src/backend";
import { alice, bob, failure, minute, participant, rounds, session, wallet } from "../src/backend/samples";
import type { ErrorView } from "../src/bindings/ErrorView";
import type { SessionState } from "../src/bindings/SessionState";
import { m } from "../src/messages";
import { atSession, open } from "./app";

const deadline = Date.now() + 5 * minute;
const failed: SessionState = {
  state: "failed",
  error: { code: "equivocation", message: "bob sent two different messages. No money is affected.", parts: [] },
  culprits: ["bob"],
  unfinishedWallet: null,
};

describe("every state of a session is shown", () => {
  const cases: [string, SessionState, string][] = [
    ["waits for the server", { state: "waiting", waitingFor: { kind: "server" }, deadline }, m.session.waiting.server],
    ["waits for its creator", { state: "waiting", waitingFor: { kind: "creator" }, deadline }, m.session.waiting.creator],
    ["waits for consent", { state: "waiting", waitingFor: { kind: "consent" }, deadline }, m.session.consent.title],
    ["waits for participants", { state: "waiting", waitingFor: { kind: "participants", joined: 2, total: 3 }, deadline }, "2 of 3 have joined"],
    ...rounds.map((round): [string, SessionState, string] => [
      `is in ${round}`,
      { state: "inProgress", round, missing: ["bob"], deadline },
      m.session.round[round].text,
    ]),
    ["completed", { state: "completed", walletId: "w1", unconfirmed: ["bob", "charlie"] }, m.session.completed.unconfirmed(["bob", "charlie"])],
    ["failed", failed, "bob sent two different messages. No money is affected."],
    ["failed with a share kept", { ...failed, unfinishedWallet: "w1" }, m.session.failed.unfinished],
  ];
  it.each(cases)("that %s", async (_, state, text) => {
    open(atSession, { sessions: [session({ state })] });
    expect(await screen.findByText(text)).toBeVisible();
  });

  it("and of others only what is known: whoever has not created it hears nobody's consent", async () => {
    const state: SessionState = { state: "waiting", waitingFor: { kind: "participants", joined: 2, total: 3 }, deadline };
    open(atSession, { sessions: [session({ creator: false, sessionId: null, state })] });
    expect(await screen.findByTestId("waiting-for")).toHaveTextContent("2 of 3 are here");
  });

  it("with a word that nobody can join while its server is gone, and only then", async () => {
    const url = "wss://signal.example.org";
    const state: SessionState = { state: "waiting", waitingFor: { kind: "participants", joined: 1, total: 3 }, deadline };
    const status = { state: "waiting" as const, reason: failure("server_unreachable", "gone"), retryAt: deadline };
    const { backend } = open(atSession, { sessions: [session({ state, server: url })], server: { url, status } });
    expect(await screen.findByText(m.session.waiting.cutOff)).toBeVisible();
    backend.publish({ server: { url: "wss://another.example.org", status } });
    await vi.waitFor(() => expect(screen.queryByText(m.session.waiting.cutOff)).toBeNull());
  });

  it.each<[string, SessionState]>([
    ["waits", { state: "waiting", waitingFor: { kind: "participants", joined: 1, total: 3 }, deadline }],
    ["runs", { state: "inProgress", round: "round1", missing: ["bob"], deadline }],
  ])("with whose time it is while it %s, since each device has its own", async (_, state) => {
    open(atSession, { sessions: [session({ state })] });
    expect(await screen.findByRole("timer")).toHaveTextContent(/^This device waits \d:\d\d min longer$/);
  });

  it("and so is one whose proposal has not arrived", async () => {
    open(atSession, {
      sessions: [session({ proposal: null, sessionId: null, creator: false, state: { state: "waiting", waitingFor: { kind: "creator" }, deadline } })],
    });
    expect(await screen.findByRole("heading", { level: 1, name: m.session.untitled })).toBeVisible();
  });
});

describe("a session that ended", () => {
  it.each([
    ["equivocation", "danger"],
    ["left", "info"],
  ])("with %s is shown as %s", async (code, tone) => {
    open(atSession, { sessions: [session({ state: { ...failed, error: { code, message: "It ended.", parts: [] } } })] });
    const notice = await screen.findByTestId("session-failure");
    expect(notice).toHaveClass(tone);
    expect(within(notice).queryAllByText(/Caused by bob/)).toHaveLength(tone === "danger" ? 1 : 0);
  });
});

describe("a session that its own person ended", () => {
  it.each([
    ["youCancelled", m.session.ownEnd.cancelled],
    ["youEnded", m.session.ownEnd.cancelled],
    ["youLeft", m.session.ownEnd.left],
  ] as const)("with %s says so at this device, and marks no step as failed", async (id, text) => {
    const error: ErrorView = { code: "left", message: "It ended.", parts: [{ id, values: {} }] };
    const participants = [participant(alice, "own", 0, "failed", true), participant(bob, "direct", 0, "failed")];
    open(atSession, { sessions: [session({ participants, state: { ...failed, error } })] });
    const [own, other] = await screen.findAllByTestId("participant");
    expect(own).toHaveTextContent(text);
    for (const tile of [own, other]) expect(tile).not.toHaveClass("failed");
    expect(other).toHaveTextContent(m.session.part(0, 7));
  });
});

describe("leaving", () => {
  const inProgress = (round: "round1" | "commit"): SessionState => ({ state: "inProgress", round, missing: [], deadline });

  it.each([
    ["cancels on the creator's device", session(), "Cancel session", m.session.cancelText],
    ["frees the place of one who waits", session({ creator: false }), "Leave session", m.session.leaveWaitingText],
    ["ends the rounds for everyone", session({ creator: false, state: inProgress("round1") }), "Leave session", m.session.leaveRunningText],
    ["keeps the share at the end", session({ creator: false, state: inProgress("commit") }), "Leave session", m.session.leaveCommitText],
  ])("%s, and says so first", async (_, it, name, text) => {
    const { backend, user } = open(atSession, { sessions: [it] });
    await user.click(await screen.findByRole("button", { name }));
    const dialog = screen.getByRole("alertdialog");
    expect(dialog).toHaveAccessibleDescription(text);
    await user.click(within(dialog).getByRole("button", { name: "Stay" }));
    expect(backend.calls).toEqual([]);
    await user.click(screen.getByRole("button", { name }));
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name }));
    expect(backend.calls).toEqual([["leaveSession", "s1"]]);
  });

  it("shows in the dialog why it did not work", async () => {
    const { backend, user } = open(atSession, { sessions: [session()] });
    backend.answer("leaveSession", new BackendError("too_late", "The session is past that point."));
    await user.click(await screen.findByRole("button", { name: "Cancel session" }));
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: "Cancel session" }));
    expect(within(screen.getByRole("alertdialog")).getByRole("alert")).toHaveTextContent("The session is past that point.");
  });

  it("is no question once it has ended: then it is taken off the list", async () => {
    const { backend, user } = open(atSession, { sessions: [session({ state: failed })] });
    await user.click(await screen.findByRole("button", { name: "Remove from list" }));
    expect(backend.calls).toEqual([["dismissSession", "s1"]]);
    backend.publish({ sessions: [] });
    expect(await screen.findByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  });
});

describe("the end", () => {
  it("of a session that completes while it is watched is its wallet", async () => {
    const { backend } = open(atSession, { sessions: [session()] });
    await screen.findByTestId("session-id");
    backend.publish({
      sessions: [session({ sessionId: null, state: { state: "completed", walletId: "w1", unconfirmed: ["charlie"] } })],
      wallets: [wallet()],
    });
    expect(await screen.findByTestId("safety-words")).toBeVisible();
    expect(screen.getByText(m.session.completed.unconfirmed(["charlie"]))).toBeVisible();
  });

  it("of one that failed offers its creator the same form again", async () => {
    const { user } = open(atSession, { sessions: [session({ state: failed })] });
    await user.click(await screen.findByRole("button", { name: "Create it again" }));
    expect(screen.getByRole("textbox", { name: "Wallet name" })).toHaveValue("Family savings");
  });

  it("of one that failed tells whoever joined it whom to ask", async () => {
    const { user } = open(atSession, { device: bob, sessions: [session({ creator: false, sessionId: null, state: failed })] });
    expect(await screen.findByTestId("session-failure")).toHaveTextContent(m.session.failed.askAgain("alice"));
    await user.click(screen.getByRole("button", { name: m.session.failed.join }));
    expect(await screen.findByRole("heading", { level: 1, name: m.join.title })).toBeVisible();
  });

  it("of one whose creator never came says so too", async () => {
    open(atSession, { device: bob, sessions: [session({ creator: false, sessionId: null, proposal: null, state: failed })] });
    expect(await screen.findByTestId("session-failure")).toHaveTextContent(m.session.failed.askCreator);
  });
});

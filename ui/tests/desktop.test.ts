import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import { attention } from "../src/attention";
import { BackendError } from "../src/backend";
import { alice, announced, charlie, failure, minute, proposal, session, settings, snapshot, stranger, wallet } from "../src/backend/samples";
import { payment, request, spend } from "../src/backend/requestSamples";
import type { ErrorView } from "../src/bindings/ErrorView";
import type { RequestState } from "../src/bindings/RequestState";
import type { RequestView } from "../src/bindings/RequestView";
import type { TransferState } from "../src/bindings/TransferState";
import type { SessionView } from "../src/bindings/SessionView";
import { m } from "../src/messages";
import { keyText, shortcutOf, shortcuts } from "../src/shortcuts";
import { home, open } from "./app";

const deadline = Date.now() + 5 * minute;
const lockable = { settings: settings({ appPassphrase: true }) };

describe("closing the window while a session runs", () => {
  const cases: [string, SessionView, string][] = [
    ["cancels the one that was created here", session(), m.close.creator],
    ["leaves the one that was joined", session({ creator: false }), m.close.waiting],
    ["ends the rounds for everyone", session({ state: { state: "inProgress", round: "echo", missing: [], deadline } }), m.close.running],
    ["leaves an unfinished wallet at the end", session({ state: { state: "inProgress", round: "commit", missing: [], deadline } }), m.close.commit],
  ];
  it.each(cases)("%s, which is said before", async (_, running, consequence) => {
    const { backend, user } = open(home, { sessions: [running] });
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "closeRequested" });
    const dialog = await screen.findByRole("alertdialog", { name: m.close.title });
    expect(dialog).toHaveTextContent("Family savings");
    expect(dialog).toHaveTextContent(consequence);
    expect(backend.calls).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: m.close.confirm }));
    expect(backend.calls).toEqual([["quit"]]);
  });

  it("is asked about each time, and the desktop knows that the question is there", async () => {
    const { backend, user } = open(home, { sessions: [session()] });
    await screen.findByRole("heading", { level: 1 });
    const told = () => backend.background.filter(([command]) => command === "closeAsked").length;
    for (const times of [1, 2]) {
      backend.ring({ kind: "closeRequested" });
      await user.click(await screen.findByRole("button", { name: m.close.stay }));
      expect(told(), "or the next request would close unasked").toBe(times);
    }
    backend.ring({ kind: "closeRequested" });
    await screen.findByRole("alertdialog");
    backend.ring({ kind: "closeRequested" });
    await expect.poll(told, { message: "also while it is asked already" }).toBe(4);
  });

  it("is asked about while a signature is made with this device, and while others meet here", async () => {
    const signing = request({ own: true, state: { state: "open", signing: true, attempts: 0, waitingFor: [], waitingForThis: false } });
    const { backend } = open(home, { wallets: [wallet()], requests: [signing], hosting: { state: "on", port: 9710, urls: [], localOnly: false } });
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "closeRequested" });
    const dialog = await screen.findByRole("alertdialog", { name: m.close.title });
    expect(dialog).toHaveTextContent(m.close.signature("Family savings"));
    expect(dialog).toHaveTextContent(m.close.signing);
    expect(dialog).toHaveTextContent(m.close.hosted);
    expect(backend.calls).toEqual([]);
  });

  it("is not asked about where others sign without this device", async () => {
    const signing = request({ state: { state: "open", signing: true, attempts: 0, waitingFor: [], waitingForThis: false } });
    const { backend } = open(home, { wallets: [wallet()], requests: [signing] });
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "closeRequested" });
    await expect.poll(() => backend.calls).toEqual([["quit"]]);
  });

  it("can be taken back", async () => {
    const { backend, user } = open(home, { sessions: [session()] });
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "closeRequested" });
    await user.click(await screen.findByRole("button", { name: m.close.stay }));
    expect(screen.queryByRole("alertdialog")).toBeNull();
    expect(backend.calls).toEqual([]);
  });

  it("needs no answer once the session has ended by itself", async () => {
    const { backend } = open(home, { sessions: [session()] });
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "closeRequested" });
    await screen.findByRole("alertdialog");
    backend.publish({ sessions: [] });
    await expect.poll(() => screen.queryByRole("alertdialog")).toBeNull();
  });
});

describe("the desktop", () => {
  it("leads to the screens of its menus", async () => {
    const { backend } = open(home);
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "menu", action: "contacts" });
    expect(await screen.findByRole("heading", { level: 1, name: m.contacts.title })).toHaveFocus();
    backend.ring({ kind: "menu", action: "about" });
    expect(await screen.findByRole("heading", { level: 2, name: m.settings.sections.about })).toBeVisible();
    backend.ring({ kind: "menu", action: "about" });
    backend.ring({ kind: "menu", action: "home" });
    expect(await screen.findByRole("heading", { level: 1, name: m.home.title })).toBeVisible();
  });

  it("brings a link to where one joins, and joins nothing by itself", async () => {
    const { backend } = open(home);
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "openLink", text: "pf1abc" });
    expect(await screen.findByRole("heading", { level: 1, name: m.join.title })).toBeVisible();
    await expect.poll(() => screen.queryByDisplayValue(/pf1abc/)).not.toBeNull();
    expect(backend.calls.filter(([command]) => command === "joinSession")).toEqual([]);
  });

  it("locks the app, or says that it needs a passphrase, and leaves what is being entered alone", async () => {
    const { backend, user } = open({ screen: "create" }, lockable);
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "menu", action: "lock" });
    expect(backend.calls).toEqual([["lock"]]);
    backend.publish({ settings: settings() });
    await user.type(await screen.findByRole("textbox", { name: m.create.name }), "Trial");
    await user.keyboard("{Control>}l{/Control}");
    const dialog = await screen.findByRole("dialog", { name: m.lock.notLocked });
    expect(dialog).toHaveTextContent(m.lock.passphraseFirst("Ctrl+L"));
    expect(location.hash).toBe("#/create");
    await user.click(within(dialog).getByRole("button", { name: m.app.close }));
    expect(screen.getByRole("textbox", { name: m.create.name })).toHaveValue("Trial");
    backend.ring({ kind: "menu", action: "lock" });
    await user.click(await screen.findByRole("button", { name: m.lock.openSettings }));
    expect(await screen.findByRole("heading", { level: 2, name: m.settings.sections.security })).toBeVisible();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(backend.calls, "nothing to unlock with").toEqual([["lock"]]);
  });

  it("is told why the app can't be locked", async () => {
    const { backend, user } = open(home, lockable);
    backend.answer("lock", new BackendError("locked_out", "A session runs on this device."));
    await user.click(await screen.findByRole("button", { name: "Lock" }));
    expect(await screen.findByRole("dialog", { name: m.lock.notLocked })).toHaveTextContent("A session runs on this device.");
  });
});

describe("keys", () => {
  it("quit, as the menu does", async () => {
    const { backend, user } = open(home);
    await screen.findByRole("heading", { level: 1 });
    await user.keyboard("{Control>}q{/Control}");
    expect(backend.calls).toEqual([["quit"]]);
  });

  const press = (key: string, also: Partial<KeyboardEventInit> = {}) =>
    shortcutOf(new KeyboardEvent("keydown", { key, ctrlKey: true, ...also }));

  it("lead to screens", async () => {
    const { user } = open(home);
    await screen.findByRole("heading", { level: 1 });
    await user.keyboard("{Control>},{/Control}");
    expect(await screen.findByRole("heading", { level: 1, name: m.settings.title })).toHaveFocus();
    await user.keyboard("{Control>}n{/Control}");
    expect(await screen.findByRole("heading", { level: 1, name: m.create.title })).toHaveFocus();
  });

  it("do nothing behind a dialog", async () => {
    const { backend, user } = open(home, { sessions: [session()] });
    await screen.findByRole("heading", { level: 1 });
    backend.ring({ kind: "closeRequested" });
    await screen.findByRole("alertdialog");
    await user.keyboard("{Control>}n{/Control}");
    expect(location.hash).toBe("#/home");
  });

  it("without Control, or with more, are for the text", () => {
    expect(press("n")).toBe("create");
    expect(press("N", { shiftKey: true })).toBeUndefined();
    expect(press("n", { altKey: true })).toBeUndefined();
    expect(press("n", { ctrlKey: false })).toBeUndefined();
    expect(press("/", { shiftKey: true }), "where the slash needs Shift").toBe("shortcuts");
  });

  it("are listed, each for one thing", async () => {
    open({ screen: "settings", section: "shortcuts" });
    for (const [shortcut] of shortcuts) expect(await screen.findByText(m.shortcuts.names[shortcut], { selector: "dt" })).toBeVisible();
    expect(new Set(shortcuts.map(([, key]) => key)).size).toBe(shortcuts.length);
    expect(keyText("create")).toBe("Ctrl+N");
  });
});

describe("what is told while its user looks elsewhere", () => {
  const empty = snapshot();
  const requests = [{ id: "r1", device: charlie, recognition: stranger }];

  it("is a request to join, once", () => {
    const asked = snapshot({ sessions: [session({ requests })] });
    expect(attention(snapshot({ sessions: [session()] }), asked).map(({ title }) => title)).toEqual(["charlie asks to join"]);
    expect(attention(asked, asked)).toEqual([]);
  });

  it("is that agreement is wanted, that a wallet is ready, and that a session failed", () => {
    const consent = session({ creator: false, state: { state: "waiting", waitingFor: { kind: "consent" }, deadline } });
    expect(attention(empty, snapshot({ sessions: [consent] }))).toHaveLength(1);
    const ready = session({ state: { state: "completed", walletId: "w1", unconfirmed: [] } });
    expect(attention(snapshot({ sessions: [session()] }), snapshot({ sessions: [ready], wallets: [wallet()] }))[0]?.body).toBe(m.notification.completedText);
    const error = failure("equivocation", "bob sent two different messages.");
    const failed = session({ state: { state: "failed", error, culprits: ["bob"], unfinishedWallet: null } });
    expect(attention(snapshot({ sessions: [session()] }), snapshot({ sessions: [failed] }))[0]?.body).toBe(error.message);
  });

  it("is not what its user did", () => {
    const left = session({ state: { state: "failed", error: failure("left", "You left."), culprits: [], unfinishedWallet: null } });
    expect(attention(snapshot({ sessions: [session()] }), snapshot({ sessions: [left] }))).toEqual([]);
  });

  it("is that this device was let in", () => {
    const { id } = announced();
    const asked = { id, proposal: proposal(), recognition: stranger };
    const before = snapshot({ asked: [{ ...asked, state: { state: "waiting", deadline } }] });
    expect(attention(before, snapshot({ asked: [{ ...asked, state: { state: "admitted", session: "s1" } }] }))).toHaveLength(1);
  });

  describe("of a request", () => {
    const open: RequestState = { state: "open", signing: false, attempts: 0, waitingFor: [], waitingForThis: false };
    const [me, him, her] = request().members;
    const rejected = [me, him, her].flatMap((each) => (each ? [{ ...each, stand: { kind: "rejected" as const, reason: null } }] : []));
    const told = (before: Partial<RequestView>, now: Partial<RequestView>) =>
      attention(
        snapshot({ wallets: [wallet()], requests: [request({ state: open, ...before })] }),
        snapshot({ wallets: [wallet()], requests: [request({ state: open, ...before, ...now })] }),
      ).map(({ body }) => body);
    const problem = failure("keystore_locked", "The keychain is locked.");
    const unsent = (why: ErrorView | null) => spend({ publication: { state: "unsent", sends: true, problem: why } });
    const paid = (state: TransferState) => payment({ transfer: { id: "5x", state } });

    it.each<[string, Partial<RequestView>, Partial<RequestView>, string]>([
      ["was signed", { own: true }, { state: { state: "signed" } }, m.notification.signedText],
      ["too many rejected", { own: true }, { members: rejected }, m.notification.ended.refused],
      ["ran out of time", { own: true }, { state: { state: "expired" } }, m.requests.state.expired],
      ["was cancelled after this user's approval", { decision: "approved" }, { state: { state: "cancelled" } }, m.requests.state.cancelled("bob")],
      ["was replaced", { decision: "approved" }, { state: { state: "superseded", by: "q2" } }, m.requests.state.superseded("bob")],
      ["this device can't do", { decision: "approved" }, { problem }, problem.message],
      ["could not be sent", { own: true, state: { state: "signed" }, meaning: unsent(null) }, { meaning: unsent(problem) }, problem.message],
      ["failed", { own: true, state: { state: "signed" }, meaning: paid({ state: "pending" }) }, { meaning: paid({ state: "failed", error: problem }) }, problem.message],
      ["came too late", { own: true, state: { state: "signed" }, meaning: paid({ state: "pending" }) }, { meaning: paid({ state: "expired" }) }, m.transfer.expired],
    ])("is that it %s", (_, before, now, body) => {
      expect(told(before, now)).toEqual([body]);
      expect(told({ ...before, ...now }, {}), "once").toEqual([]);
    });

    it("is nothing where its user had no part in it", () => {
      expect(told({}, { state: { state: "expired" } })).toEqual([]);
      expect(told({ decision: "rejected" }, { state: { state: "cancelled" } })).toEqual([]);
    });
  });

  it("is nothing that unlocking brings back", () => {
    const locked = snapshot({ keystore: { kind: "os", status: { state: "locked" }, canSwitch: false } });
    expect(attention(locked, snapshot({ sessions: [session({ requests })] }))).toEqual([]);
  });

  it("goes to the desktop only then", async () => {
    const focus = vi.spyOn(document, "hasFocus").mockReturnValue(true);
    const { backend } = open(home, { device: alice, sessions: [session()] });
    await screen.findByRole("heading", { level: 1 });
    backend.publish({ sessions: [session({ requests })] });
    await Promise.resolve();
    expect(backend.calls).toEqual([]);
    focus.mockReturnValue(false);
    backend.publish({ sessions: [session({ requests: [...requests, { id: "r2", device: charlie, recognition: stranger }] })] });
    await expect.poll(() => backend.calls).toEqual([["notify", "charlie asks to join", m.notification.requestText("Family savings")]]);
    focus.mockRestore();
  });
});

describe("use of the window", () => {
  it("is reported, but not every press of a key", async () => {
    const { backend, user } = open(home);
    await screen.findByRole("heading", { level: 1 });
    await user.keyboard("abc");
    expect(backend.background.filter(([command]) => command === "activity")).toHaveLength(1);
  });
});

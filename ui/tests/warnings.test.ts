import { screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, it, vi } from "vitest";

import { active, alice, bob, charlie, device, nameTaken, minute, participant, proposal, session, settings, wallet } from "../src/backend/samples";
import { checkServer } from "../src/components/forms";
import { m } from "../src/messages";
import { atSession, atWallet, home, open } from "./app";

const deadline = Date.now() + 5 * minute;
const verified = active({ verified: true });
const noServer = { url: null, status: { state: "idle" } } as const;
const participants = { state: "waiting", waitingFor: { kind: "participants", joined: 2, total: 3 }, deadline } as const;

describe("a session ID on the clipboard", () => {
  it.each([m.session.invite.id, m.session.invite.invitation])("copied as %s is taken back, which is said", async (label) => {
    const { backend, user } = open(atSession, { sessions: [session()] });
    await user.click(await screen.findByRole("button", { name: m.copy.action(label) }));
    expect(backend.calls).toEqual([["copyText", expect.stringContaining("pf1"), true]]);
    expect(await screen.findByText(m.copy.taken(label))).toBeVisible();
  });
});

describe("words that turn out to differ after all", () => {
  it("put the wallet in quarantine after the same question", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ status: verified })] });
    await user.click(await screen.findByRole("tab", { name: m.wallet.parts.details }));
    await user.click(screen.getByRole("button", { name: m.wallet.verify.differAfterAll }));
    expect(screen.getByRole("alertdialog")).toHaveAccessibleDescription(m.wallet.verify.differText);
    expect(backend.calls).toEqual([]);
    await user.click(screen.getByRole("button", { name: m.wallet.verify.differConfirm }));
    expect(backend.calls).toEqual([["confirmWords", "w1", false]]);
  });
});

describe("that nobody has audited it", () => {
  const consent = (network: string) =>
    session({ creator: false, sessionId: null, proposal: proposal({ network, by: bob }), state: { state: "waiting", waitingFor: { kind: "consent" }, deadline } });

  it("is said where a wallet on the main network is made, and not of a test network", async () => {
    const { user } = open({ screen: "create" });
    expect(await screen.findByTestId("unaudited")).toHaveTextContent(m.networks.unaudited);
    await user.click(screen.getByRole("button", { name: m.create.useTestNetwork }));
    await user.selectOptions(screen.getByRole("combobox", { name: m.create.network }), "signet");
    expect(screen.queryByTestId("unaudited")).toBeNull();
  });

  it.each([["mainnet", 1], ["signet", 0]])("is said before agreeing to one on %s %i times", async (network, times) => {
    open(atSession, { sessions: [consent(network)] });
    await screen.findByTestId("proposal");
    expect(screen.queryAllByTestId("unaudited")).toHaveLength(times);
  });

  it.each([["mainnet", 1], ["signet", 0]])("is said beside an address on %s %i times", async (network, times) => {
    open(atWallet, { wallets: [wallet({ network, status: active({ verified: true }, network) })] });
    await screen.findByTestId("address");
    expect(screen.queryAllByTestId("unaudited")).toHaveLength(times);
  });
});

describe("an impostor in a session", () => {
  const impostor = { ...participant(device("bob", 7), "direct", 0), recognition: nameTaken(bob) };
  const with_ = (creator: boolean) =>
    session({ creator, state: participants, participants: [participant(alice, "own", 0, "active", creator), impostor] });

  it.each([
    [true, m.session.impostor.cancel],
    [false, m.session.impostor.leave],
  ])("is named at the top, with what to do (creator: %s)", async (creator, text) => {
    open(atSession, { sessions: [with_(creator)] });
    const notice = await screen.findByTestId("impostor");
    expect(notice).toHaveRole("alert");
    expect(notice).toHaveTextContent(m.session.impostor.title("bob"));
    expect(notice).toHaveTextContent(text);
    const standing = screen.getByTestId("waiting-for");
    expect(notice.compareDocumentPosition(standing) & Node.DOCUMENT_POSITION_FOLLOWING, "above all else").toBeTruthy();
  });
});

describe("a connection lost while others are waited for", () => {
  const now = (link: "direct" | "connecting" | "down") =>
    [session({ state: participants, participants: [participant(alice, "own", 0, "active", true), participant(bob, link, 0), participant(charlie, "connecting", 0)] })];

  it.each(["down", "connecting"] as const)("is in the headline when it is %s", async (link) => {
    const { backend } = open(atSession, { sessions: now("direct") });
    expect(await screen.findByTestId("waiting-for")).toHaveTextContent(/^2 of 3 have joined$/);
    backend.publish({ sessions: now(link) });
    await tick();
    expect(screen.getByTestId("waiting-for")).toHaveTextContent("2 of 3 have joined; the connection to bob is lost");
    backend.publish({ sessions: now("direct") });
    await tick();
    expect(screen.getByTestId("waiting-for")).toHaveTextContent(/^2 of 3 have joined$/);
  });
});

describe("joining where no server is set", () => {
  it("asks plainly for the session's own, and leads to what is missing", async () => {
    const { backend, user } = open({ screen: "join" }, { server: noServer });
    backend.answer("inspectSessionId", { server: "wss://other.example.org", otherServer: true });
    await user.click(await screen.findByRole("button", { name: m.join.submit }));
    const field = screen.getByRole("textbox", { name: m.join.field });
    expect(field).toHaveFocus();
    await user.paste("pf1abc");
    const notice = await screen.findByTestId("other-server");
    expect(notice).toHaveTextContent(m.join.someServerText);
    expect(notice).not.toHaveTextContent(m.join.otherServerText);
    await user.click(screen.getByRole("button", { name: m.join.submit }));
    expect(screen.getByRole("alert")).toHaveTextContent(m.join.acceptOnly);
    expect(screen.getByRole("checkbox", { name: m.join.acceptServer })).toHaveFocus();
  });
});

describe("a server's address", () => {
  it("with a password in it is refused without showing it", () => {
    for (const url of ["ws://user:pw@example.org", "wss://user@example.org", "ws://@example.org"]) expect(checkServer(url)).toBe(m.server.userinfo);
    expect(m.server.userinfo).not.toContain("pw");
    expect(checkServer("wss://signal.example.org/path")).toBeUndefined();
  });

  it("that is refused while setting up has the focus, and what was said of it goes", async () => {
    const { user } = open(home, { server: noServer, settings: settings({ setUp: false }) });
    await user.click(await screen.findByRole("button", { name: m.setup.next }));
    const field = screen.getByRole("textbox", { name: m.server.url });
    const refuse = async () => {
      await user.type(field, "ws://user:pw@example.org");
      await user.click(screen.getByRole("button", { name: m.setup.next }));
    };
    await refuse();
    expect(screen.getByRole("alert")).toHaveTextContent(m.server.userinfo);
    expect(field).toHaveFocus();
    await user.clear(field);
    expect(screen.queryByRole("alert")).toBeNull();
    await refuse();
    await user.click(screen.getByRole("radio", { name: m.setup.meeting.later.name }));
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("locking with the system", () => {
  it("is shown off where nothing would unlock", async () => {
    open({ screen: "settings", section: "security" });
    const toggle = await screen.findByRole("switch", { name: m.lock.withSystem });
    expect(toggle).toBeDisabled();
    expect(toggle).not.toBeChecked();
  });
});

describe("a completed session", () => {
  const completed = session({ sessionId: null, state: { state: "completed", walletId: "w1", unconfirmed: [] } });
  const listed = (state: Parameters<typeof open>[1]) => {
    open(home, state);
    return vi.waitFor(() => {
      expect(screen.getByRole("heading", { level: 1 })).toBeVisible();
      return screen.queryAllByRole("link").filter((link) => link.getAttribute("href") === "#/session/s1").length;
    });
  };

  it("is listed beside its wallet until the words were compared", async () => {
    expect(await listed({ sessions: [completed], wallets: [wallet()] })).toBe(2);
  });

  it("gives way to its wallet once they were", async () => {
    expect(await listed({ sessions: [completed], wallets: [wallet({ status: verified })] })).toBe(0);
  });

  it("does not ask again to compare them", async () => {
    open(atSession, { sessions: [completed], wallets: [wallet({ status: verified })] });
    expect(await screen.findByText(m.session.completed.compared)).toBeVisible();
    expect(screen.queryByText(m.session.completed.text)).toBeNull();
  });

  it("of a wallet in quarantine warns of it", async () => {
    open(atSession, { sessions: [completed], wallets: [wallet({ status: { state: "quarantined" } })] });
    expect(await screen.findByText(m.wallet.quarantinedTitle)).toBeVisible();
    expect(screen.queryByText(m.session.completed.title)).toBeNull();
  });
});

describe("the backup's page", () => {
  it("leads back to the settings", async () => {
    const { user } = open({ screen: "backup" });
    await user.click(await screen.findByRole("button", { name: m.backup.back }));
    expect(within(document.body).getByRole("heading", { level: 1, name: m.settings.title })).toBeVisible();
  });
});

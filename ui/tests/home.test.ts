import { screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { request, spend } from "../src/backend/requestSamples";
import { active, alice, charlie, failure, ledger, proposal, session, snapshot, solana, stranger, wallet } from "../src/backend/samples";
import type { KeystoreView } from "../src/bindings/KeystoreView";
import type { Snapshot } from "../src/bindings/Snapshot";
import type { WalletStatus } from "../src/bindings/WalletStatus";
import { needs } from "../src/flows/home/needs";
import { m } from "../src/messages";
import { home, open } from "./app";

const wallets = [wallet({ status: active({ verified: true }) })];
const problem = failure("keystore_locked", "The keychain is locked.");
const consent = session({ creator: false, state: { state: "waiting", waitingFor: { kind: "consent" }, deadline: Date.now() + 60_000 } });

describe("the first wallet", () => {
  it("is invited to, with one place for each way to begin", async () => {
    const { user } = open(home);
    const welcome = await screen.findByRole("region", { name: m.home.welcome });
    await user.click(within(welcome).getByRole("button", { name: m.app.create }));
    expect(screen.getByRole("heading", { level: 1, name: m.create.title })).toHaveFocus();
  });

  it("once it is there takes the invitation's place", async () => {
    const { backend } = open(home);
    await screen.findByRole("region", { name: m.home.welcome });
    backend.publish({ wallets: [wallet()] });
    expect(await screen.findByRole("region", { name: m.home.walletsTitle })).toBeVisible();
    expect(screen.queryByRole("region", { name: m.home.welcome })).toBeNull();
  });
});

describe("what needs attention", () => {
  const cases: [string, Partial<Snapshot>, string][] = [
    ["a session that waits for agreement", { sessions: [consent] }, m.home.need.consent("Family savings")],
    [
      "a request to join",
      { sessions: [session({ requests: [{ id: "r1", device: charlie, recognition: stranger }] })] },
      m.home.need.request("charlie"),
    ],
    ["a problem of the device", { problems: [failure("database", "It can't be read.")] }, m.home.need.problem],
    ["a wallet that is not verified", { wallets: [wallet()] }, m.home.need.unverified("Family savings")],
    ["an unfinished wallet", { wallets: [wallet({ status: { state: "unfinished", missing: ["bob"] } })] }, m.home.need.unfinished("Family savings")],
    [
      "a wallet without its share",
      { wallets: [wallet({ status: { state: "unusable", error: failure("share_missing", "gone") } })] },
      m.home.need.unusable("Family savings"),
    ],
    [
      "a signed payment that could not be sent",
      { wallets, requests: [request({ own: true, state: { state: "signed" }, meaning: spend({ publication: { state: "unsent", sends: true, problem } }) })] },
      m.home.need.unsent("Family savings"),
    ],
    ["what this device can't do", { wallets, requests: [request({ decision: "approved", problem })] }, m.home.need.unable("Family savings")],
    [
      "a request of one's own that too many rejected",
      { wallets, requests: [request({ own: true, decision: "approved", members: request().members.map((each) => ({ ...each, stand: { kind: "excluded" } })) })] },
      m.home.need.refused("Family savings"),
    ],
    ["no server", { server: { url: null, status: { state: "idle" } } }, m.home.need.server],
    [
      "a server that can't be reached",
      { server: { url: "wss://signal.example.org", status: { state: "waiting", retryAt: Date.now() + 9_000, reason: failure("server_unreachable", "Connection refused.") } } },
      m.home.need.connection,
    ],
    ["a server that this computer can't run", { hosting: { state: "failed", error: failure("port_taken", "The port is taken.") } }, m.home.need.hosting],
  ];
  it.each(cases)("is %s", async (_, state, title) => {
    open(home, state);
    const list = await screen.findByRole("region", { name: m.home.needsTitle });
    expect(within(list).getByText(title)).toBeVisible();
  });

  it("is nothing when all is well", async () => {
    open(home, { wallets: [wallet({ status: active({ verified: true }) })] });
    await screen.findByRole("region", { name: m.home.walletsTitle });
    expect(screen.queryByRole("region", { name: m.home.needsTitle })).toBeNull();
  });

  it("leads to where it is seen to", async () => {
    const { user } = open(home, { sessions: [consent] });
    await user.click(await screen.findByRole("link", { name: new RegExp(`^${m.home.need.consentAction}`) }));
    expect(location.hash).toBe("#/session/s1");
  });

  it("comes with those first who wait for an answer", () => {
    const found = needs(snapshot({ sessions: [consent], wallets: [wallet()] }));
    expect(found.map(({ title }) => title)).toEqual([m.home.need.consent("Family savings"), m.home.need.unverified("Family savings")]);
  });

  it("is no server where there are wallets or sessions, which know where they meet", () => {
    const server: Snapshot["server"] = { url: null, status: { state: "idle" } };
    expect(needs(snapshot({ server })).map(({ title }) => title)).toEqual([m.home.need.server]);
    expect(needs(snapshot({ server, wallets: [wallet({ status: active({ verified: true }) })] }))).toEqual([]);
    expect(needs(snapshot({ server, sessions: [session()] }))).toEqual([]);
    const ended = session({ endedAt: 1 });
    expect(needs(snapshot({ server, sessions: [ended] })).map(({ title }) => title)).toEqual([m.home.need.server]);
  });

  it("does not come back for a wallet that was given up", () => {
    expect(needs(snapshot({ wallets: [wallet({ status: { state: "quarantined" } })] }))).toEqual([]);
  });
});

describe("the keystore", () => {
  const missing: KeystoreView = { kind: "os", status: { state: "unavailable", error: failure("keychain", "There is no keychain.") }, canSwitch: true };
  const cases: [string, KeystoreView, string][] = [
    ["locked vault", { kind: "vault", status: { state: "needsPassphrase", fresh: false }, canSwitch: false }, m.keystore.unlockTitle],
    ["fresh vault", { kind: "vault", status: { state: "needsPassphrase", fresh: true }, canSwitch: true }, m.keystore.freshTitle],
    ["missing", missing, "There is no keychain."],
  ];
  it.each(cases)("that is %s says so first", async (_, keystore, text) => {
    open(home, { keystore });
    expect(await screen.findByText(text)).toBeVisible();
  });

  it("that is missing can be tried again, or replaced once that was agreed to", async () => {
    const { backend, user } = open(home, { keystore: missing });
    await user.click(await screen.findByRole("button", { name: m.keystore.retry }));
    expect(backend.calls).toContainEqual(["retryKeystore"]);
    await user.click(screen.getByRole("button", { name: m.keystore.switch.vault.action }));
    expect(backend.calls, "never silently").not.toContainEqual(["useKeystore", "vault"]);
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: m.keystore.switch.vault.action }));
    expect(backend.calls).toContainEqual(["useKeystore", "vault"]);
  });
});

describe("another keystore", () => {
  const closed: KeystoreView[] = [
    { kind: "vault", status: { state: "needsPassphrase", fresh: false }, canSwitch: false },
    { kind: "os", status: { state: "unavailable", error: failure("keychain", "There is no keychain.") }, canSwitch: false },
  ];
  it.each(closed)("is not offered where it can't be had: $kind", async (keystore) => {
    open(home, { keystore });
    await screen.findByRole("button", { name: keystore.kind === "os" ? m.keystore.retry : m.keystore.unlock });
    for (const kind of ["os", "vault"] as const) {
      expect(screen.queryByRole("button", { name: m.keystore.switch[kind].action })).toBeNull();
    }
  });
});

describe("the wallets", () => {
  const statuses: [WalletStatus, string][] = [
    [active(), m.wallet.state.unverified],
    [active({ verified: true }), m.wallet.state.verified],
    [{ state: "unfinished", missing: ["bob"] }, m.wallet.state.unfinished],
    [{ state: "quarantined" }, m.wallet.state.quarantined],
    [{ state: "unusable", error: failure("share_missing", "gone") }, m.wallet.state.unusable],
  ];
  it.each(statuses)("say where they stand: %o", async (status, text) => {
    open(home, { wallets: [wallet({ status })] });
    const list = await screen.findByRole("region", { name: m.home.walletsTitle });
    expect(within(list).getByText(text)).toBeVisible();
  });

  it("say what a Bitcoin wallet has of its own, where that is known", async () => {
    const balance = { confirmed: 100_000_000, ownPending: 20_000_000, othersPending: 3_000_000, immature: 400_000 };
    const { backend } = open(home, { wallets: [wallet({ ledger: ledger({ balance }) })] });
    const list = await screen.findByRole("region", { name: m.home.walletsTitle });
    const name = () => within(list).getByRole("link").textContent.replaceAll(/\s/gu, "");
    expect(name(), "what others may still take back is not counted").toContain(`${m.money.title}1.20000000BTC`);
    backend.publish({ wallets: [wallet({ ledger: ledger({ balance: null }) })] });
    await expect.poll(name).not.toContain("BTC");
  });

  it("on a test network say so in words", async () => {
    open(home, { wallets: [wallet({ ciphersuite: "ed25519", network: "devnet", status: solana })] });
    const list = await screen.findByRole("region", { name: m.home.walletsTitle });
    expect(within(list).getByRole("link")).toHaveAccessibleName(expect.stringContaining(m.networks.test("Devnet")));
  });

  it("lead to where they are, as sessions do", async () => {
    const { user } = open(home, { wallets: [wallet()], sessions: [session({ proposal: proposal({ name: "Other", by: alice }) })] });
    const sessions = await screen.findByRole("region", { name: m.home.sessionsTitle });
    await user.click(within(sessions).getByRole("link"));
    expect(screen.getByRole("heading", { level: 1, name: "Other" })).toHaveFocus();
    location.hash = "#/home";
    const wallets = await screen.findByRole("region", { name: m.home.walletsTitle });
    await user.click(within(wallets).getByRole("link"));
    expect(screen.getByRole("heading", { level: 1, name: "Family savings" })).toHaveFocus();
  });
});

import { screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { alice, announced, bob, proposal, session, stranger, wallet } from "../src/backend/samples";
import type { AskedState } from "../src/bindings/AskedState";
import type { KeystoreView } from "../src/bindings/KeystoreView";
import type { ServerView } from "../src/bindings/ServerView";
import type { WalletStatus } from "../src/bindings/WalletStatus";
import { active } from "../src/backend/samples";
import { m } from "../src/messages";
import { home, open } from "./app";

const error = (message: string) => ({ code: "any", message, parts: [] });

describe("this device", () => {
  it("shows its name and its fingerprint words", async () => {
    open(home);
    expect(await screen.findByTestId("device-name")).toHaveTextContent("alice");
    const words = within(screen.getByTestId("device-fingerprint")).getAllByRole("listitem");
    expect(words.map((word) => word.textContent)).toEqual(alice.fingerprint);
  });

  it("can be renamed, and says why when it can't", async () => {
    const { backend, user } = open(home);
    await user.click(await screen.findByRole("button", { name: "Rename" }));
    const field = screen.getByRole("textbox", { name: "Device name" });
    await user.clear(field);
    await user.click(screen.getByRole("button", { name: "Save name" }));
    expect(field).toHaveAccessibleDescription(expect.stringContaining(m.device.nameMissing));
    await user.type(field, "Alice’s laptop");
    await user.click(screen.getByRole("button", { name: "Save name" }));
    expect(backend.calls).toContainEqual(["setDeviceName", "Alice’s laptop"]);
    expect(screen.getByRole("button", { name: "Rename" })).toHaveFocus();
  });
});

describe("the keystore", () => {
  const cases: [string, KeystoreView, string][] = [
    ["open", { kind: "os", status: { state: "open" } }, m.keystore.open],
    ["locked vault", { kind: "vault", status: { state: "needsPassphrase", fresh: false } }, m.keystore.unlockTitle],
    ["fresh vault", { kind: "vault", status: { state: "needsPassphrase", fresh: true } }, m.keystore.freshTitle],
    ["missing", { kind: "os", status: { state: "unavailable", error: error("There is no keychain.") } }, "There is no keychain."],
  ];
  it.each(cases)("that is %s says so", async (_, keystore, text) => {
    open(home, { keystore });
    expect(await screen.findByText(text)).toBeVisible();
  });

  it("that is missing can be tried again, or replaced once that was agreed to", async () => {
    const { backend, user } = open(home, { keystore: cases[3]?.[1] as KeystoreView });
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect(backend.calls).toContainEqual(["retryKeystore"]);
    await user.click(screen.getByRole("button", { name: "Use a passphrase vault" }));
    expect(backend.calls, "never silently").not.toContainEqual(["useKeystore", "vault"]);
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Use a passphrase vault" }));
    expect(backend.calls).toContainEqual(["useKeystore", "vault"]);
  });

  it("shows why a passphrase did not open the vault", async () => {
    const { backend, user } = open(home, { keystore: cases[1]?.[1] as KeystoreView });
    backend.answer("unlock", new BackendError("wrong_passphrase", "That is not the passphrase."));
    await user.type(await screen.findByLabelText("Passphrase"), "wrong{Enter}");
    expect(backend.calls).toContainEqual(["unlock", "wrong"]);
    expect(await screen.findByRole("alert")).toHaveTextContent("That is not the passphrase.");
  });

  it("keeps wallets from being created while it is not open", async () => {
    open({ screen: "create" }, { keystore: cases[1]?.[1] as KeystoreView });
    expect(await screen.findByRole("button", { name: "Create session" })).toBeDisabled();
    expect(screen.getByText(m.keystore.closedElsewhere)).toBeVisible();
  });
});

describe("the server", () => {
  const url = "wss://signal.example.org";
  const cases: [ServerView, string][] = [
    [{ url: null, status: { state: "idle" } }, m.server.none],
    [{ url, status: { state: "idle" } }, m.server.status.idle],
    [{ url, status: { state: "connecting" } }, m.server.status.connecting],
    [{ url, status: { state: "connected" } }, m.server.status.connected],
    [{ url, status: { state: "waiting", retryAt: Date.now() + 9_000, reason: "Connection refused." } }, "Connection refused."],
  ];
  it.each(cases)("%o shows its status", async (server, text) => {
    open(home, { server });
    expect(await screen.findByTestId("server-status")).toHaveTextContent(text);
  });

  it("can be set; a wrong address is refused before it is sent", async () => {
    const { backend, user } = open(home, { server: { url: null, status: { state: "idle" } } });
    const field = await screen.findByRole("textbox", { name: "Server address" });
    await user.type(field, "example.org{Enter}");
    expect(screen.getByRole("alert")).toHaveTextContent(m.server.malformed);
    await user.clear(field);
    await user.type(field, "ws://127.0.0.1:9710{Enter}");
    expect(backend.calls).toEqual([["setServer", "ws://127.0.0.1:9710"]]);
    expect(await screen.findByText(m.server.saved)).toBeVisible();
  });
});

describe("the lists", () => {
  const statuses: [WalletStatus, string][] = [
    [active(), m.wallet.state.unverified],
    [active({ verified: true }), m.wallet.state.verified],
    [{ state: "unfinished", missing: ["bob"] }, m.wallet.state.unfinished],
    [{ state: "quarantined" }, m.wallet.state.quarantined],
    [{ state: "unusable", error: { code: "share_missing", message: "gone", parts: [] } }, m.wallet.state.unusable],
  ];
  it.each(statuses)("mark a wallet that is %o", async (status, text) => {
    open(home, { wallets: [wallet({ status })] });
    const list = await screen.findByRole("region", { name: "Wallets" });
    expect(within(list).getByText(text)).toBeVisible();
  });

  it("lead to wallets and sessions", async () => {
    const { user } = open(home, { wallets: [wallet()], sessions: [session({ proposal: proposal({ name: "Other" }) })] });
    const list = await screen.findByRole("region", { name: "Sessions" });
    await user.click(within(list).getByRole("link"));
    expect(screen.getByRole("heading", { level: 1, name: "Other" })).toHaveFocus();
    await user.click(within(screen.getByRole("list", { name: "Wallets" })).getByRole("link"));
    expect(screen.getByRole("heading", { level: 1, name: "Family savings" })).toHaveFocus();
  });
});

describe("announced sessions", () => {
  it("are looked for when asked, and only then", async () => {
    const { backend, user } = open(home);
    await user.click(await screen.findByRole("button", { name: "Look for sessions" }));
    expect(backend.calls).toEqual([["browse", true]]);
  });

  it("show a stranger's words to compare, and let one ask", async () => {
    const { backend, user } = open(home, { browsing: true, announced: [announced()] });
    expect(await screen.findByRole("list", { name: "Fingerprint of bob" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Ask to join Chess club" }));
    expect(backend.calls).toEqual([["askToJoin", "a1"]]);
  });

  it("that are full can't be asked for", async () => {
    open(home, { browsing: true, announced: [announced({ joined: 3 })] });
    expect(await screen.findByText(m.announced.full)).toBeVisible();
    expect(screen.queryByRole("button", { name: /^Ask to join/ })).toBeNull();
  });

  const answers: [AskedState, string][] = [
    [{ state: "waiting", deadline: Date.now() + 60_000 }, m.announced.waiting("bob")],
    [{ state: "admitted", session: "s1" }, m.announced.admitted],
    [{ state: "ended", error: error("bob refused. Ask bob why.") }, "bob refused. Ask bob why."],
  ];
  it.each(answers)("show how a request stands: %o", async (state, text) => {
    open(home, { asked: [{ id: "a1", proposal: proposal({ by: bob }), recognition: stranger, state }] });
    expect(await screen.findByTestId(`asked-${state.state}`)).toHaveTextContent(text);
  });

  it("may have been asked for twice", async () => {
    const asked = { id: "a1", proposal: proposal(), recognition: stranger, state: { state: "ended", error: error("No.") } as const };
    open(home, { asked: [asked, asked] });
    expect(await screen.findAllByText("No.")).toHaveLength(2);
  });
});

describe("a device that can't be opened", () => {
  it("says why instead of showing an empty home", async () => {
    const { FakeBackend } = await import("../src/backend/fake");
    const { render } = await import("@testing-library/svelte");
    const { snapshot } = await import("../src/backend/samples");
    const { default: App } = await import("../src/App.svelte");
    const backend = new FakeBackend(snapshot());
    backend.answer("subscribe", new BackendError("profile_in_use", "Permafrost already runs for “alice”."));
    render(App, { backend });
    expect(await screen.findByRole("alert")).toHaveTextContent("Permafrost already runs for “alice”.");
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { active, failure, ledger, wallet } from "../src/backend/samples";
import type { LedgerView } from "../src/bindings/LedgerView";
import type { SyncView } from "../src/bindings/SyncView";
import { keepsPassword } from "../src/flows/settings/bitcoinNodes";
import { m } from "../src/messages";
import { atWallet, open } from "./app";

const verified = active({ verified: true });
const having = (change: Partial<LedgerView>) => ({ wallets: [wallet({ status: verified, ledger: ledger(change) })] });
const digits = (element: HTMLElement) => element.textContent.replaceAll(/\s/gu, "");

describe("what a Bitcoin wallet has", () => {
  it("is shown with what is on its way, and how fresh it is", async () => {
    open(atWallet, having({}));
    const balance = await screen.findByTestId("balance");
    expect(digits(balance)).toContain("1.19997690");
    expect(digits(balance)).toContain("0.02500000");
    expect(balance).toHaveTextContent("949,911");
  });

  it("says on a test network that it is one", async () => {
    open(atWallet, { wallets: [wallet({ network: "signet", status: active({ verified: true }, "signet"), ledger: ledger() })] });
    expect(within(await screen.findByTestId("balance")).getByTestId("test-network")).toBeVisible();
  });

  it("is not shown of other wallets", async () => {
    open(atWallet, { wallets: [wallet({ status: verified, ledger: null })] });
    await screen.findByTestId("wallet-status");
    expect(screen.queryByTestId("balance")).toBeNull();
    expect(screen.queryByRole("tab", { name: m.wallet.parts.history })).toBeNull();
  });

  const states: [string, SyncView, string][] = [
    ["nobody is asked", { state: "noSource" }, m.money.noSource],
    ["it is read for the first time", { state: "scanning", percent: 34 }, m.money.percent(34)],
    ["the node is gone", { state: "failed", error: failure("node", "The node does not answer."), last: null }, "The node does not answer."],
  ];
  it.each(states)("where %s", async (_, sync, text) => {
    open(atWallet, having({ sync }));
    expect(await screen.findByText(text, { exact: false })).toBeVisible();
  });

  it("leads to the choice of whom to ask about the wallet’s own network, and back", async () => {
    const nowhere = ledger({ sync: { state: "noSource" }, balance: null, transactions: [], transactionCount: 0 });
    const { backend, user } = open(atWallet, { wallets: [wallet({ network: "signet", status: active({ verified: true }, "signet"), ledger: nowhere })] });
    await user.click(await screen.findByRole("button", { name: m.money.choose }));
    const dialog = await screen.findByRole("dialog", { name: m.nodes.dialog("Signet") });
    await waitFor(() => expect(dialog).toContainElement(document.activeElement as HTMLElement));
    await user.keyboard("{Escape}");
    expect(await screen.findByTestId("balance")).toBeVisible();
    expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
    expect(screen.queryByRole("dialog")).toBeNull();
    await user.click(screen.getByRole("button", { name: m.money.choose }));
    await user.click(await screen.findByRole("radio", { name: m.nodes.esplora }));
    await user.click(screen.getByRole("button", { name: m.nodes.takePublic("mempool.space") }));
    await user.click(screen.getByRole("button", { name: m.nodes.saveServer }));
    expect(await screen.findByTestId("balance"), "once it is chosen, too").toBeVisible();
    expect(backend.calls).toContainEqual(["setChainSource", "signet", expect.objectContaining({ kind: "esplora" })]);
  });

  it("is looked up again when asked to", async () => {
    const { backend, user } = open(atWallet, having({}));
    await user.click(await screen.findByRole("button", { name: m.money.again }));
    expect(backend.calls).toContainEqual(["syncWallet", "w1"]);
  });
});

describe("a wallet's history", () => {
  async function history(change: Partial<LedgerView>) {
    const opened = open(atWallet, having(change));
    await opened.user.click(await screen.findByRole("tab", { name: m.wallet.parts.history }));
    return opened;
  }

  it("says what came, what went and what only moved", async () => {
    await history({});
    const items = within(await screen.findByRole("list", { name: m.wallet.parts.history })).getAllByRole("listitem");
    const [pending, sent, received, moved] = items;
    expect(pending).toHaveTextContent(m.money.received);
    expect(pending).toHaveTextContent(m.money.waiting);
    expect(sent).toHaveTextContent(m.money.sent);
    expect(sent).toHaveTextContent(m.money.others(1));
    expect(received).toHaveTextContent(m.money.confirmations("1", true));
    expect(moved).toHaveTextContent(m.money.moved);
    const copy = within(moved as HTMLElement).getByRole("button", { name: "Copy transaction ID" });
    expect(copy, "what is copied can be read, too").toHaveTextContent("Copy transaction ID");
  });

  it("is empty at first", async () => {
    await history({ transactions: [], transactionCount: 0 });
    expect(await screen.findByText(m.money.nothing)).toBeVisible();
  });

  it("is shown whole when asked for", async () => {
    const all = ledger().transactions;
    const { backend, user } = await history({ transactions: all.slice(0, 2) });
    backend.answer("transactions", all);
    await user.click(await screen.findByRole("button", { name: m.money.all("4") }));
    expect(await screen.findByText(m.money.moved)).toBeVisible();
    expect(screen.getAllByRole("listitem").filter((item) => item.closest("[role=tabpanel]"))).toHaveLength(4);
  });
});

describe("a note", () => {
  async function noted(answer?: BackendError) {
    const opened = open(atWallet, having({}));
    await opened.user.click(await screen.findByRole("tab", { name: m.wallet.parts.history }));
    if (answer) opened.backend.answer("setLabel", answer);
    const change = await screen.findByRole("button", { name: new RegExp(`^${m.money.changeNote}`) });
    return { ...opened, change };
  }

  it("is shown, changed where it stands, and the focus stays there", async () => {
    const { backend, user, change } = await noted();
    expect(screen.getByTestId("note")).toHaveTextContent("Roof, second half");
    await user.click(change);
    const field = screen.getByRole("textbox", { name: new RegExp(`^${m.money.noteNamed("")}`) });
    expect(field).toHaveFocus();
    await user.clear(field);
    await user.type(field, " Roof {Enter}");
    expect(backend.calls).toContainEqual(["setLabel", { wallet: "w1", reference: ledger().transactions[1]?.txid, label: "Roof" }]);
    expect(screen.getByRole("button", { name: new RegExp(`^${m.money.changeNote}`) })).toHaveFocus();
  });

  it("that can’t be kept says why, and keeps what was written", async () => {
    const { user, change } = await noted(new BackendError("invalid_label", "That can’t be a note."));
    await user.click(change);
    await user.keyboard("!{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("That can’t be a note.");
    expect(screen.getByDisplayValue("!")).toBeVisible();
    await user.keyboard("{Escape}");
    expect(screen.getByTestId("note"), "nothing was changed").toHaveTextContent("Roof, second half");
  });

  it("on an earlier transaction is shown once it is changed", async () => {
    const all = ledger().transactions;
    const { backend, user } = open(atWallet, having({ transactions: all.slice(0, 1), transactionCount: 2 }));
    await user.click(await screen.findByRole("tab", { name: m.wallet.parts.history }));
    backend.answer("transactions", all.slice(0, 2));
    await user.click(await screen.findByRole("button", { name: m.money.all("2") }));
    await user.click(await screen.findByRole("button", { name: new RegExp(`^${m.money.changeNote}`) }));
    backend.answer("transactions", [all[0], { ...all[1], label: "Gutter" }]);
    await user.keyboard("Gutter{Enter}");
    expect(await screen.findByTestId("note")).toHaveTextContent("Gutter");
  });

  it("goes to other programs and comes from them, as the history does", async () => {
    const { backend, user } = await noted();
    await user.click(screen.getByRole("button", { name: m.save.action(m.money.table) }));
    await user.click(screen.getByRole("button", { name: m.save.action(m.money.notes) }));
    const saved = backend.calls.filter(([command]) => command === "saveText");
    expect(saved.map(([, name]) => name)).toEqual(["Family-savings-history.csv", "Family-savings-notes.jsonl"]);
    const notes = '{"type":"tx","ref":"0b","label":"Roof"}\n';
    await user.upload(screen.getByLabelText(m.money.takeNotes, { selector: "input" }), new File([notes], "notes.jsonl"));
    expect(await screen.findByText(m.money.taken(12))).toBeVisible();
    expect(backend.calls).toContainEqual(["importLabels", "w1", notes]);
    backend.answer("importLabels", new BackendError("no_labels", "That is no file with notes."));
    await user.upload(screen.getByLabelText(m.money.takeNotes, { selector: "input" }), new File(["x"], "other.txt"));
    expect(await screen.findByRole("alert")).toHaveTextContent("That is no file with notes.");
  });
});

describe("the node of a network", () => {
  it("is chosen by its address and cookie file", async () => {
    const { backend, user } = open({ screen: "settings", section: "network" }, {});
    await user.click(await screen.findByRole("button", { name: m.lookups.chooseNamed("Signet") }));
    expect(await screen.findByLabelText(m.nodes.cookie)).toHaveAccessibleDescription(/a password for programs/);
    await user.click(screen.getByRole("button", { name: m.nodes.save }));
    expect(await screen.findByText(m.nodes.cookieMissing)).toBeVisible();
    await user.type(screen.getByLabelText(m.nodes.cookie), "/home/alice/.bitcoin/signet/.cookie");
    backend.answer("setChainSource", new BackendError("invalid_node", "This is not the address of a Bitcoin node."));
    await user.click(screen.getByRole("button", { name: m.nodes.save }));
    expect(await screen.findByRole("alert")).toHaveTextContent("This is not the address of a Bitcoin node.");
    backend.answer("setChainSource", undefined);
    await user.click(screen.getByRole("button", { name: m.nodes.save }));
    const source = { kind: "node", url: "http://127.0.0.1:38332", cookieFile: "/home/alice/.bitcoin/signet/.cookie" };
    expect(backend.calls).toContainEqual(["setChainSource", "signet", source]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("can be asked by a user and password, which is not encrypted over http", async () => {
    const { backend, user } = open({ screen: "settings", section: "network" }, {});
    await user.click(await screen.findByRole("button", { name: m.lookups.chooseNamed("Regtest") }));
    await user.click(await screen.findByRole("radio", { name: m.nodes.byUser }));
    expect(screen.queryByLabelText(m.nodes.cookie)).toBeNull();
    expect(screen.getByLabelText(m.nodes.password)).toHaveAccessibleDescription(/never shown again.*not encrypted/);
    await user.click(screen.getByRole("button", { name: m.nodes.save }));
    expect(screen.getByLabelText(m.nodes.user)).toHaveAccessibleDescription(m.nodes.userMissing);
    expect(screen.getByLabelText(m.nodes.password)).toHaveAccessibleDescription(m.nodes.passwordMissing);
    expect(backend.calls.filter(([command]) => command === "setChainSource"), "nothing is missing unsaid").toEqual([]);
    await user.type(screen.getByLabelText(m.nodes.user), "alice");
    await user.type(screen.getByLabelText(m.nodes.password), " secret ");
    expect(screen.getByLabelText(m.nodes.password)).toHaveAttribute("type", "password");
    backend.answer("setChainSource", new BackendError("vault_locked", "Unlock the vault."));
    await user.click(screen.getByRole("button", { name: m.nodes.save }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Unlock the vault.");
    backend.answer("setChainSource", undefined);
    await user.click(screen.getByRole("button", { name: m.nodes.save }));
    const source = { kind: "nodeWithUser", url: "http://127.0.0.1:18443", user: "alice", password: " secret " };
    expect(backend.calls).toContainEqual(["setChainSource", "regtest", source]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  const kept = { kind: "nodeWithUser", url: "https://node.example.org:8332/", user: "alice", hasPassword: true } as const;

  it("keeps its password for another port, and asks for it again for another host", async () => {
    const chainSources = [{ network: "mainnet", source: kept, suggested: null }];
    const { backend, user } = open({ screen: "settings", section: "network" }, { chainSources });
    expect(await screen.findByText(m.nodes.withUser("alice", true))).toBeVisible();
    await user.click(await screen.findByRole("button", { name: m.lookups.changeNamed(m.networks.mainnetInText) }));
    expect(await screen.findByRole("radio", { name: m.nodes.byUser })).toBeChecked();
    const [url, password] = [screen.getByLabelText(m.nodes.url), screen.getByLabelText(m.nodes.password)];
    expect(password).toHaveAccessibleDescription(`${m.nodes.passwordKept} ${m.nodes.unencrypted}`);
    await user.clear(url);
    await user.type(url, "https://node.example.com:8332");
    expect(password).toHaveAccessibleDescription(`${m.nodes.passwordHint} ${m.nodes.unencrypted}`);
    await user.click(screen.getByRole("button", { name: m.nodes.save }));
    expect(password).toHaveAccessibleDescription(m.nodes.passwordMissing);
    expect(backend.calls.filter(([command]) => command === "setChainSource")).toEqual([]);
    await user.clear(url);
    await user.type(url, "https://node.example.org:18443");
    await user.click(screen.getByRole("button", { name: m.nodes.save }));
    expect(backend.calls).toContainEqual(["setChainSource", "mainnet", { kind: "nodeWithUser", url: "https://node.example.org:18443", user: "alice", password: null }]);
  });

  it("keeps its password for nobody else", () => {
    for (const same of ["https://node.example.org", " https://NODE.example.org:1/x "]) expect(keepsPassword(same, " alice", kept), same).toBe(true);
    for (const other of ["https://example.org", "https://node.example.org.evil.example", "http://node.example.org", "node.example.org", ""]) {
      expect(keepsPassword(other, "alice", kept), other).toBe(false);
    }
    expect(keepsPassword(kept.url, "bob", kept)).toBe(false);
    expect(keepsPassword(kept.url, "alice", { ...kept, hasPassword: false })).toBe(false);
    expect(keepsPassword(kept.url, "alice", null)).toBe(false);
    expect(keepsPassword("https://10.0.0.7", "alice", { ...kept, url: "http://10.0.0.7/" })).toBe(true);
  });

  it("says that its password is missing", async () => {
    const chainSources = [{ network: "mainnet", source: { ...kept, hasPassword: false }, suggested: null }];
    open({ screen: "settings", section: "network" }, { chainSources });
    expect(await screen.findByText(m.nodes.withUser("alice", false))).toBeVisible();
  });

  it("can be a server, of which it is said what it learns", async () => {
    const { backend, user } = open({ screen: "settings", section: "network" }, {});
    await user.click(await screen.findByRole("button", { name: m.lookups.chooseNamed("Signet") }));
    await user.click(await screen.findByRole("radio", { name: m.nodes.esplora }));
    expect(screen.getByTestId("esplora-learns")).toHaveTextContent(m.nodes.learnsText);
    await user.click(screen.getByRole("button", { name: m.nodes.saveServer }));
    expect(await screen.findByRole("alert"), "none is taken that was not chosen").toHaveTextContent(m.nodes.serverMissing);
    await user.click(screen.getByRole("button", { name: m.nodes.takePublic("mempool.space") }));
    await user.click(screen.getByRole("button", { name: m.nodes.saveServer }));
    expect(backend.calls).toContainEqual(["setChainSource", "signet", { kind: "esplora", url: "https://mempool.space/signet/api" }]);
  });

  it("is offered no public server on a private network", async () => {
    const { user } = open({ screen: "settings", section: "network" }, {});
    await user.click(await screen.findByRole("button", { name: m.lookups.chooseNamed("Regtest") }));
    await user.click(await screen.findByRole("radio", { name: m.nodes.esplora }));
    expect(screen.queryByRole("button", { name: /public server/ })).toBeNull();
  });

  it("is given up", async () => {
    const source = { kind: "node", url: "http://127.0.0.1:8332/", cookieFile: "/c" } as const;
    const { backend, user } = open({ screen: "settings", section: "network" }, { chainSources: [{ network: "mainnet", source, suggested: null }] });
    await user.click(await screen.findByRole("button", { name: m.lookups.removeNamed(m.networks.mainnetInText) }));
    expect(backend.calls).toContainEqual(["setChainSource", "mainnet", null]);
  });
});

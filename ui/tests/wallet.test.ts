import { screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { active, raw, solana, wallet } from "../src/backend/samples";
import type { WalletStatus } from "../src/bindings/WalletStatus";
import { m } from "../src/messages";
import { atWallet, open } from "./app";

describe("every state of a wallet is shown", () => {
  const cases: [string, WalletStatus, string][] = [
    ["not verified", active(), m.wallet.verify.title],
    ["verified", active({ verified: true }), m.wallet.verify.words],
    ["unfinished", { state: "unfinished", missing: ["bob"] }, m.wallet.unfinishedText(["bob"])],
    ["unfinished, with nobody missing", { state: "unfinished", missing: [] }, m.wallet.unfinishedText([])],
    ["in quarantine", { state: "quarantined" }, m.wallet.quarantinedText],
    ["without its share", { state: "unusable", error: { code: "share_missing", message: "The share is gone.", parts: [] } }, "The share is gone."],
  ];
  it.each(cases)("that is %s", async (_, status, text) => {
    open(atWallet, { wallets: [wallet({ status })] });
    expect(await screen.findByText(text)).toBeVisible();
  });

  it("and so is one that is not there", async () => {
    open(atWallet);
    expect(await screen.findByText(m.wallet.gone)).toBeVisible();
  });
});

describe("an address", () => {
  it("says that it is not verified until the words were compared", async () => {
    const { backend } = open(atWallet, { wallets: [wallet()] });
    expect(await screen.findByTestId("address")).toBeVisible();
    expect(screen.getByTestId("not-verified")).toHaveTextContent(m.wallet.verify.bannerText);
    backend.publish({ wallets: [wallet({ status: active({ verified: true }) })] });
    expect(await screen.findByText(m.wallet.state.verified, { selector: ".badge" })).toBeVisible();
    expect(screen.queryByTestId("not-verified")).toBeNull();
    expect(screen.getByTestId("address")).toBeVisible();
  });

  it.each<[string, WalletStatus]>([
    ["a key that has no chain", raw],
    ["an unfinished wallet", { state: "unfinished", missing: ["bob"] }],
    ["a wallet in quarantine", { state: "quarantined" }],
    ["a wallet without its share", { state: "unusable", error: { code: "share_missing", message: "gone", parts: [] } }],
  ])("does not exist for %s", async (_, status) => {
    open(atWallet, { wallets: [wallet({ ciphersuite: "secp256k1", status })] });
    await screen.findByTestId("wallet-status");
    expect(screen.queryByTestId("address")).toBeNull();
    expect(screen.queryByTestId("descriptor")).toBeNull();
  });

  it("of a raw key is said not to exist, beside its public key", async () => {
    open(atWallet, { wallets: [wallet({ ciphersuite: "secp256k1", status: raw })] });
    expect(await screen.findByTestId("no-address")).toHaveTextContent(m.wallet.noAddressText);
    expect(screen.getByTestId("group-public-key")).toBeVisible();
  });

  it("is copied whole", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ ciphersuite: "ed25519", status: solana })] });
    await user.click(await screen.findByRole("button", { name: "Copy Group address" }));
    expect(backend.calls).toEqual([["copyText", "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV1", false]]);
    expect(screen.queryByRole("radio"), "one network needs no choice").toBeNull();
  });
});

describe("a Bitcoin wallet", () => {
  it("is on the main network unless another one is chosen, which it says", async () => {
    const { user } = open(atWallet, { wallets: [wallet()] });
    expect(await screen.findByRole("radio", { name: "Bitcoin" })).toBeChecked();
    expect(screen.getByTestId("address").textContent).toMatch(/^bc1p/);
    expect(screen.getByTestId("descriptor").textContent).toMatch(/^tr\(xpub/);
    await user.click(screen.getByRole("radio", { name: "Regtest" }));
    expect(screen.getByTestId("address").textContent).toMatch(/^bcrt1p/);
    expect(screen.getByTestId("descriptor").textContent).toMatch(/^tr\(tpub/);
    expect(screen.getByText(m.network.regtest.note)).toBeVisible();
  });

  it("has more addresses than the first", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet()] });
    backend.answer("address", "bc1psecond");
    await user.click(await screen.findByRole("button", { name: "Next address" }));
    expect(backend.calls).toEqual([["address", { wallet: "w1", network: "mainnet", change: false, index: 1 }]]);
    expect(screen.getByTestId("address")).toHaveTextContent("bc1psecond");
    expect(screen.getByTestId("not-verified")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Previous address" }));
    expect(screen.getByTestId("address").textContent).toMatch(/^bc1p5/);
  });
});

describe("the safety words", () => {
  it("are confirmed at once", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet()] });
    const words = await screen.findByTestId("safety-words");
    expect(within(words).getAllByRole("listitem")).toHaveLength(5);
    await user.click(screen.getByRole("button", { name: "They match" }));
    expect(backend.calls).toEqual([["confirmWords", "w1", true]]);
  });

  it("that differ put the wallet in quarantine, after a question", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet()] });
    await user.click(await screen.findByRole("button", { name: "They don’t match" }));
    expect(backend.calls).toEqual([]);
    expect(screen.getByRole("dialog")).toHaveAccessibleDescription(m.wallet.verify.differText);
    await user.click(screen.getByRole("button", { name: "Quarantine the wallet" }));
    expect(backend.calls).toEqual([["confirmWords", "w1", false]]);
  });
});

describe("an unfinished wallet", () => {
  it("is discarded only after a question", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ status: { state: "unfinished", missing: ["bob"] } })] });
    await user.click(await screen.findByRole("button", { name: "Discard this wallet" }));
    expect(backend.calls).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Discard the share" }));
    expect(backend.calls).toEqual([["discardWallet", "w1"]]);
  });
});

describe("the certificate", () => {
  it("can be copied", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet()] });
    backend.answer("certificate", '{"members":[]}');
    await user.click(await screen.findByRole("button", { name: "Copy Ceremony certificate" }));
    expect(backend.calls).toEqual([
      ["certificate", "w1"],
      ["copyText", '{"members":[]}', false],
    ]);
  });
});

import { screen, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import type { FakeBackend } from "../src/backend/fake";
import { draftOf } from "../src/backend/requestSamples";
import { active, failure, settings, solana, solanaLedger, solanaServers, solanaTransaction, usdc, wallet } from "../src/backend/samples";
import type { Snapshot } from "../src/bindings/Snapshot";
import type { SolanaLedgerView } from "../src/bindings/SolanaLedgerView";
import type { SolanaSyncView } from "../src/bindings/SolanaSyncView";
import type { WalletView } from "../src/bindings/WalletView";
import { lamportsOf, solOf, sumOf } from "../src/flows/send/lamports";
import { m, setLanguage } from "../src/messages";
import type { Route } from "../src/navigation";
import { atWallet, home, open } from "./app";

const status = active({ ...solana, verified: true });
const having = (ledger: Partial<SolanaLedgerView> = {}, change: Partial<WalletView> = {}): Partial<Snapshot> => ({
  wallets: [wallet({ ciphersuite: "ed25519", status, solana: solanaLedger(ledger), ...change })],
  solanaServers: solanaServers({ mainnet: "https://rpc.example.org/" }),
});
const recipient = "24PNhTaNtomHhoy3fTRaMhAFCRj4uHqhZEEoWrKDbR5p";

describe("what a Solana wallet has", () => {
  it("is shown to the last lamport, with its tokens by their addresses", async () => {
    open(atWallet, having());
    const balance = await screen.findByTestId("balance");
    expect(balance).toHaveTextContent("12.345678901 SOL");
    const tokens = within(within(balance).getByRole("list", { name: m.solana.tokens })).getAllByRole("listitem");
    expect(tokens[0]).toHaveTextContent(usdc);
    expect(tokens[0]).toHaveTextContent("1 204.5");
    expect(tokens[1], "whoever issues it has frozen it").toHaveTextContent(m.solana.frozen);
    expect(tokens[2], "without its mint it can't be counted").toHaveTextContent(m.solana.amountUnknown);
  });

  const states: [string, SolanaSyncView, string][] = [
    ["nobody is asked", { state: "noSource" }, m.money.noSource],
    ["the server is asked for the first time", { state: "looking" }, m.solana.looking],
    ["the server is gone", { state: "failed", error: failure("solana_server", "The server does not answer."), last: null }, "The server does not answer."],
  ];
  it.each(states)("where %s", async (_, sync, text) => {
    open(atWallet, having({ sync }));
    expect(await screen.findByText(text, { exact: false })).toBeVisible();
  });

  it("says on a test network that it is one", async () => {
    open(atWallet, having({}, { network: "devnet" }));
    expect(within(await screen.findByTestId("balance")).getByTestId("test-network")).toBeVisible();
  });

  it("is looked up again when asked to", async () => {
    const { backend, user } = open(atWallet, having());
    await user.click(await screen.findByRole("button", { name: m.money.again }));
    expect(backend.calls).toContainEqual(["syncWallet", "w1"]);
  });

  it("stands on its card at home once it is known", async () => {
    open(home, having());
    expect(await screen.findByTestId("card-balance")).toHaveTextContent("12.345678901 SOL");
  });

  it("shows few of many tokens at first, and says how many there are", async () => {
    const many = Array.from({ length: 8 }, (_, index) => ({ account: `a${index}`, mint: `m${index}`, amount: "1", decimals: 0, frozen: false, associated: true }));
    const { user } = open(atWallet, having({ tokens: many, tokenCount: 300 }));
    expect(await screen.findByText("m4")).toBeVisible();
    expect(screen.queryByText("m5")).toBeNull();
    await user.click(screen.getByRole("button", { name: m.solana.allTokens(8) }));
    expect(screen.getByText("m7")).toBeVisible();
    expect(screen.getByText(m.solana.unlisted(292))).toBeVisible();
  });
});

describe("a Solana wallet's history", () => {
  async function history(ledger: Partial<SolanaLedgerView> = {}) {
    const opened = open(atWallet, having(ledger));
    await opened.user.click(await screen.findByRole("tab", { name: m.wallet.parts.history }));
    return opened;
  }

  it("says what came and went, what failed, and what nobody tells", async () => {
    await history();
    const items = within(await screen.findByRole("list", { name: m.wallet.parts.history })).getAllByRole("listitem");
    const [received, sent, exchanged, failed, untold, note] = items;
    for (const part of [m.money.received, "+2.5 SOL", m.transfer.included, m.solana.with(recipient)]) expect(received).toHaveTextContent(part);
    for (const part of [m.money.sent, "−300 tokens", usdc, "−0.00203928 SOL", m.money.fee("0.0000052 SOL"), "Rent for March", m.transfer.finalized]) {
      expect(sent).toHaveTextContent(part);
    }
    expect(sent, "what the tokens' account cost comes after them").toHaveTextContent(/tokens.*−0\.00203928 SOL/);
    expect(sent).toHaveTextContent(m.solana.forAccount);
    for (const other of [received, exchanged]) expect(other, "what is paid or received is not that").not.toHaveTextContent(m.solana.forAccount);
    expect(exchanged).toHaveTextContent(m.solana.exchanged);
    expect(failed).toHaveTextContent(m.solana.failedWhy("Custom 1 in instruction 2"));
    expect(untold).toHaveTextContent(m.solana.untold);
    expect(note).toHaveTextContent(m.solana.nothingMoved);
  });

  it("says of SOL what it went for only where tokens go out and nothing comes in", async () => {
    const of = (sol: string, ...amounts: string[]) =>
      solanaTransaction({ effect: { sol, tokens: amounts.map((amount) => ({ mint: usdc, amount })), fee: null, deposit: null, others: [], memo: null } });
    await history({ transactions: [of("-1"), of("-1", "-2"), of("-1", "-2", "3"), of("1", "-2"), of("0", "-2")].map((each, at) => ({ ...each, id: `t${at}` })) });
    const items = within(await screen.findByRole("list", { name: m.wallet.parts.history })).getAllByRole("listitem");
    expect(items.map(({ textContent }) => textContent.includes(m.solana.forAccount))).toEqual([false, true, false, false, false]);
  });

  it("shows a stranger's note as text and nothing else", async () => {
    const effect = { sol: "0", tokens: [], fee: null, deposit: null, others: [], memo: "<img src=x onerror=alert(1)>" };
    await history({ transactions: [solanaTransaction({ effect })] });
    expect(await screen.findByText(effect.memo, { exact: false })).toBeVisible();
    expect(document.querySelector("img[src=x]")).toBeNull();
  });

  it("is empty at first", async () => {
    await history({ transactions: [] });
    expect(await screen.findByText(m.money.nothing)).toBeVisible();
  });

  it("is saved as a table", async () => {
    const { backend, user } = await history();
    backend.answer("exportHistory", "date,transaction\r\n");
    await user.click(await screen.findByRole("button", { name: m.save.action(m.money.table) }));
    expect(backend.calls).toContainEqual(["exportHistory", "w1"]);
    expect(backend.calls).toContainEqual(["saveText", "Family-savings-history.csv", "date,transaction\r\n"]);
  });

  it("has notes beside what everybody can read, which are changed where they stand", async () => {
    const { backend, user } = await history();
    const sent = within(await screen.findByRole("list", { name: m.wallet.parts.history })).getAllByRole("listitem")[1] as HTMLElement;
    expect(within(sent).getByTestId("note")).toHaveTextContent("Workshop, March");
    await user.click(within(sent).getByRole("button", { name: new RegExp(`^${m.money.changeNote}`) }));
    await user.clear(screen.getByRole("textbox", { name: new RegExp(`^${m.money.noteNamed(m.money.sent)}`) }));
    await user.keyboard("Workshop{Enter}");
    expect(backend.calls).toContainEqual(["setLabel", { wallet: "w1", reference: solanaLedger().transactions[1]?.id, label: "Workshop" }]);
  });

  it("takes notes from other programs, before there is anything in it too, and gives them", async () => {
    const { backend, user } = await history({ transactions: [] });
    await user.click(await screen.findByRole("button", { name: m.save.action(m.money.notes) }));
    expect(backend.calls).toContainEqual(["saveText", "Family-savings-notes.jsonl", expect.stringContaining("Roof")]);
    const notes = '{"type":"tx","ref":"5VERv8NMvzbJ","label":"Rent"}\n';
    await user.upload(screen.getByLabelText(m.money.takeNotes, { selector: "input" }), new File([notes], "notes.jsonl"));
    expect(await screen.findByText(m.money.taken(12))).toBeVisible();
    expect(backend.calls).toContainEqual(["importLabels", "w1", notes]);
  });
});

describe("the server of a Solana network", () => {
  const settings: Route = { screen: "settings", section: "network" };
  const devnet = m.solanaServers.network(m.networks.devnet);

  it("is chosen after it was said what it learns, the public one with one click", async () => {
    const { backend, user } = open(settings);
    await user.click(await screen.findByRole("button", { name: m.lookups.chooseNamed(devnet) }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(m.solanaServers.learns)).toBeVisible();
    await user.click(dialog.getByRole("button", { name: m.solanaServers.save }));
    expect(await dialog.findByText(m.solanaServers.urlMissing), "none is used that nobody chose").toBeVisible();
    await user.click(dialog.getByRole("button", { name: m.solanaServers.takeSuggested }));
    backend.answer("setSolanaServer", new BackendError("invalid_solana_server", "This is not the address of a Solana server."));
    await user.click(dialog.getByRole("button", { name: m.solanaServers.save }));
    expect(await dialog.findByRole("alert")).toHaveTextContent("This is not the address of a Solana server.");
    expect(dialog.getByRole("textbox", { name: m.solanaServers.url })).toHaveAccessibleDescription(expect.stringContaining("This is not the address"));
    backend.answer("setSolanaServer", undefined);
    await user.click(dialog.getByRole("button", { name: m.solanaServers.save }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(backend.calls.slice(-2), "it is tried at once").toEqual([
      ["setSolanaServer", "devnet", "https://api.devnet.solana.com"],
      ["trySolanaServer", "devnet"],
    ]);
  });

  it("is named as in a list where it stands in one, and as in a sentence within one", async () => {
    open(settings);
    expect(await screen.findByText("Solana main network")).toBeVisible();
    expect(screen.getByRole("button", { name: "Choose where the Solana main network is looked up" })).toBeVisible();
    expect(screen.getByRole("button", { name: "Choose where the main network is looked up" })).toBeVisible();
  });

  it("is tried, and what is said of it goes with it", async () => {
    const solanaServer = solanaServers({ devnet: "http://127.0.0.1:8899/" });
    const { backend, user } = open(settings, { solanaServers: solanaServer });
    const attempt = await screen.findByRole("button", { name: m.lookups.tryNamed(devnet) });
    backend.answer("trySolanaServer", new BackendError("solana_server", "That server is for another network."));
    await user.click(attempt);
    expect(await screen.findByRole("alert")).toHaveTextContent("That server is for another network.");
    backend.answer("trySolanaServer", undefined);
    await user.click(attempt);
    expect(await screen.findByText(m.trial.reached)).toBeVisible();
    expect(screen.queryByRole("alert")).toBeNull();
    await user.click(screen.getByRole("button", { name: m.lookups.removeNamed(devnet) }));
    await expect.poll(() => screen.queryByText(m.trial.reached)).toBeNull();
  });

  it("is given up", async () => {
    const { backend, user } = open(settings, { solanaServers: solanaServers({ devnet: "http://127.0.0.1:8899/" }) });
    await user.click(await screen.findByRole("button", { name: m.lookups.removeNamed(devnet) }));
    expect(backend.calls).toContainEqual(["setSolanaServer", "devnet", null]);
  });
});

describe("an amount of SOL", () => {
  it("is added to others to the last lamport", () => {
    expect(sumOf(["1.25", "0.0000052", "0.00089088"])).toBe("1.25089608");
    expect(sumOf(["0.1", "0.2"]), "0.30000000000000004 among floats").toBe("0.3");
    expect(sumOf(["9007199.254740993", "0.000000001"]), "more than a float holds").toBe("9007199.254740994");
    expect(sumOf(["0.999999999", "0.000000001"])).toBe("1");
    expect(sumOf([])).toBe("0");
  });

  it("is the same after it was read", () => {
    for (const sol of ["0", "0.000000001", "1", "10.5", "18446744073.709551615"]) expect(solOf(lamportsOf(sol) ?? -1n)).toBe(sol);
  });

  it.each(["", ".5", "1.", "-1", "1e3", "1,5", "0.0000000001", "1 SOL"])("is not %j, nor is a sum with that", (text) => {
    expect(lamportsOf(text)).toBeUndefined();
    expect(sumOf(["1", text])).toBeUndefined();
  });
});

describe("sending from a Solana wallet", () => {
  afterEach(() => setLanguage("en"));

  const asked = (backend: FakeBackend, command: string) => backend.calls.filter(([called]) => called === command);

  async function send(state = having()) {
    const opened = open(atWallet, state);
    await opened.user.click(await screen.findByRole("button", { name: m.pay.action }));
    await screen.findByRole("heading", { name: m.pay.title });
    return opened;
  }

  async function fill(user: Awaited<ReturnType<typeof send>>["user"], amount: string) {
    await user.type(screen.getByLabelText(m.pay.to), recipient);
    await user.type(screen.getByLabelText(m.pay.amount), amount);
    await user.click(screen.getByRole("button", { name: m.sendBitcoin.review }));
  }

  it("shows what the payment is before anybody is asked, and then goes to the request", async () => {
    const { backend, user } = await send();
    await user.type(screen.getByLabelText(m.pay.memo), "Rent");
    await fill(user, "1.25");
    const draft = within(await screen.findByTestId("draft"));
    expect(screen.getByRole("heading", { level: 1 }), "as where bitcoin is sent").toHaveTextContent(m.sendBitcoin.reviewTitle);
    expect(screen.getByRole("heading", { level: 1 }), "what is new begins there").toHaveFocus();
    expect(draft.getByTestId("total"), "the amount, the fee and the deposit").toHaveTextContent(`${m.pay.total} 1.25089608 SOL`);
    expect(draft.getByTestId("consequence")).toHaveTextContent(m.sendBitcoin.consequence(2, 3));
    for (const part of ["1.25 SOL", "Rent", m.transfer.atMost("0.0000052")]) expect(draft.getByTestId("transfer")).toHaveTextContent(part);
    const payment = { wallet: "w1", to: recipient, amount: "1.25", token: null, memo: "Rent" };
    expect(asked(backend, "draftSolanaPayment")).toEqual([["draftSolanaPayment", payment]]);
    expect(asked(backend, "proposeSolanaPayment"), "not before it was looked at").toEqual([]);
    await user.click(draft.getByRole("button", { name: m.sendBitcoin.ask }));
    expect(asked(backend, "proposeSolanaPayment")).toEqual([["proposeSolanaPayment", payment, 86_400]]);
    expect(location.hash).toBe("#/requests/q1");
  });

  it("sends all of a token to its last part, and no token that can't be sent", async () => {
    const { backend, user } = await send();
    const what = screen.getByLabelText(m.pay.what);
    expect(within(what).getAllByRole("option").map(({ textContent }) => textContent)).toEqual([m.pay.solOf("12.345678901"), m.pay.tokensOf("1204.5", usdc)]);
    expect(screen.queryByRole("button", { name: m.pay.all("12.345678901") }), "of SOL, something has to pay the fee").toBeNull();
    await user.selectOptions(what, usdc);
    await user.click(screen.getByRole("button", { name: m.pay.all("1204.5") }));
    await fill(user, "{End}");
    expect(asked(backend, "draftSolanaPayment")[0]?.[1]).toMatchObject({ token: usdc, amount: "1204.5", memo: null });
    const draft = within(await screen.findByTestId("draft"));
    expect(draft.queryByTestId("total"), "tokens and SOL are never one sum").toBeNull();
    expect(draft.getByText(m.transfer.createsAccount)).toBeVisible();
  });

  it("takes amounts as the language writes them, and none that could be meant otherwise", async () => {
    setLanguage("de");
    const { backend, user } = await send({ ...having(), settings: settings({ language: "de" }) });
    await fill(user, "1.250");
    expect(screen.getByLabelText(m.pay.amount)).toHaveAccessibleDescription(expect.stringContaining(m.pay.amountWrong));
    expect(asked(backend, "draftSolanaPayment")).toEqual([]);
    await user.clear(screen.getByLabelText(m.pay.to));
    await user.clear(screen.getByLabelText(m.pay.amount));
    await fill(user, "1,25");
    const draft = within(await screen.findByTestId("draft"));
    expect(draft.getByTestId("transfer")).toHaveTextContent("1,25 SOL");
    expect(asked(backend, "draftSolanaPayment")[0]?.[1]).toMatchObject({ amount: "1.25" });
    // What was typed is no amount in the other language. What was drafted is proposed.
    backend.publish({ settings: settings({ language: "en" }) });
    await expect.poll(() => document.documentElement.lang).toBe("en");
    await user.click(await draft.findByRole("button", { name: m.sendBitcoin.ask }));
    expect(asked(backend, "proposeSolanaPayment")[0]?.[1]).toMatchObject({ amount: "1.25" });
  });

  it("goes no further where the network would refuse it, and lets it be changed", async () => {
    const { backend, user } = await send();
    const part = { id: "solanaNotEnough", values: { needed: "20", there: "12" } } as const;
    const message = "The wallet has 12 SOL, and this needs 20 SOL.";
    const payment = { wallet: "w1", to: recipient, amount: "20", token: null, memo: null };
    backend.answer("draftSolanaPayment", draftOf(payment, [{ message, part, fatal: true }]));
    await fill(user, "20");
    expect(await screen.findByTestId("draft-fatal")).toHaveTextContent(message);
    expect(screen.queryByRole("button", { name: m.sendBitcoin.ask })).toBeNull();
    await user.click(screen.getByRole("button", { name: m.sendBitcoin.change }));
    expect(screen.getByRole("heading", { name: m.pay.title })).toHaveFocus();
    expect(screen.getByLabelText(m.pay.to)).toHaveValue(recipient);
    expect(screen.getByLabelText(m.pay.amount)).toHaveValue("20");
  });

  it("says what should be known and lets it be asked for all the same", async () => {
    const { backend, user } = await send();
    const payment = { wallet: "w1", to: recipient, amount: "1", token: null, memo: null };
    const message = "This address has never been used.";
    backend.answer("draftSolanaPayment", draftOf(payment, [{ message, part: { id: "solanaNewAddress", values: {} }, fatal: false }]));
    await fill(user, "1");
    expect(await screen.findByTestId("draft-notice")).toHaveTextContent(`${m.pay.note} ${message}`);
    expect(screen.getByRole("button", { name: m.sendBitcoin.ask })).toBeVisible();
  });

  it.each([
    ["solana_address", m.pay.to],
    ["solana_amount", m.pay.amount],
    ["solana_memo", m.pay.memo],
  ])("says %s beside its field", async (code, label) => {
    const { backend, user } = await send();
    backend.answer("draftSolanaPayment", new BackendError(code, "This can't be."));
    await fill(user, "1");
    expect(screen.getByLabelText(label)).toHaveAccessibleDescription(expect.stringContaining("This can't be."));
    expect(screen.getByLabelText(label), "to be mended at once").toHaveFocus();
    expect(screen.queryByTestId("draft")).toBeNull();
  });

  it("on a test network says that it is one", async () => {
    await send({ ...having({}, { network: "devnet" }), solanaServers: solanaServers({ devnet: "http://127.0.0.1:8899/" }) });
    expect(screen.getByTestId("test-network")).toHaveTextContent(m.networks.devnet);
    expect(screen.getByText(m.networks.testText)).toBeVisible();
  });

  it("asks for what is missing without asking the device", async () => {
    const { backend, user } = await send();
    await user.click(screen.getByRole("button", { name: m.sendBitcoin.review }));
    expect(screen.getByLabelText(m.pay.to)).toHaveAccessibleDescription(expect.stringContaining(m.pay.toMissing));
    expect(screen.getByLabelText(m.pay.amount)).toHaveAccessibleDescription(expect.stringContaining(m.pay.amountMissing));
    expect(asked(backend, "draftSolanaPayment")).toEqual([]);
  });

  it("leads to the choice of a server where there is none", async () => {
    const { user } = await send({ ...having(), solanaServers: solanaServers({ devnet: "http://127.0.0.1:8899/" }) });
    const notice = within(await screen.findByTestId("send-no-server"));
    await user.click(notice.getByRole("button", { name: m.solana.choose }));
    expect(await screen.findByRole("dialog", { name: "Server for the Solana main network" })).toBeVisible();
  });

  it("is not offered for a wallet that signs raw messages", async () => {
    open(atWallet, { wallets: [wallet({ ciphersuite: "secp256k1", network: null })] });
    await screen.findByTestId("wallet-status");
    expect(screen.queryByRole("button", { name: m.pay.action })).toBeNull();
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { coins, drafted, outgoing, psbt } from "../src/backend/moneySamples";
import { request, spend, spendView } from "../src/backend/requestSamples";
import { active, addressAt, failure, ledger, wallet } from "../src/backend/samples";
import type { LedgerView } from "../src/bindings/LedgerView";
import type { PublicationView } from "../src/bindings/PublicationView";
import type { SyncView } from "../src/bindings/SyncView";
import { m } from "../src/messages";
import type { Route } from "../src/navigation";
import { atWallet, open } from "./app";

const sending: Route = { screen: "sendBitcoin", wallet: "w1" };
const verified = active({ verified: true });
const having = (change: Partial<LedgerView> = {}) => ({ wallets: [wallet({ status: verified, ledger: ledger(change) })] });
const called = ({ calls }: { calls: unknown[][] }, name: string) => calls.filter(([command]) => command === name).map(([, ...args]) => args);
const to = addressAt("mainnet", 7);
const asked = `bitcoin:${to}?amount=0.0125&label=Carpenter&message=Fence`;

const field = (name: string) => screen.findByRole("textbox", { name });
const button = (name: string | RegExp) => screen.getByRole("button", { name });

/** The form, with whom to pay and how much filled in. */
async function filled(change: Partial<LedgerView> = {}) {
  const opened = open(sending, having(change));
  await opened.user.click(await field(m.sendBitcoin.to));
  await opened.user.paste(to);
  await opened.user.type(await field(m.sendBitcoin.amount), "0.02");
  return { ...opened, review: () => opened.user.click(button(m.sendBitcoin.review)) };
}

describe("a payment", () => {
  it("is begun from the wallet", async () => {
    const { user } = open(atWallet, having());
    await user.click(await screen.findByRole("button", { name: m.sendBitcoin.action }));
    expect(await field(m.sendBitcoin.to)).toBeVisible();
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(m.sendBitcoin.title);
  });

  it("is not offered by wallets without a chain", async () => {
    open(atWallet, { wallets: [wallet({ ciphersuite: "secp256k1", network: null, status: verified })] });
    await screen.findByTestId("wallet-status");
    expect(screen.queryByRole("button", { name: m.sendBitcoin.action })).toBeNull();
  });

  it("takes address, amount and note from what was asked, and says that anybody could have written it", async () => {
    const { user } = open(sending, having());
    await user.click(await field(m.sendBitcoin.to));
    await user.paste(asked);
    const says = await screen.findByTestId("request-says");
    expect(says).toHaveTextContent("Carpenter");
    expect(says).toHaveTextContent("Fence");
    expect(await field(m.sendBitcoin.to)).toHaveValue(to);
    expect(await field(m.sendBitcoin.amount)).toHaveValue("0.0125");
    expect(await field(m.sendBitcoin.note)).toHaveValue("Carpenter");
    await user.type(await field(m.sendBitcoin.to), "q");
    expect(screen.queryByTestId("request-says"), "another address was not asked for").toBeNull();
  });

  it("of coins that a signed transaction spends says so before anybody is asked", async () => {
    const { backend, user, review } = await filled();
    const draft = drafted({ wallet: "w1", recipients: [{ address: to, amount: 2_000_000 }], feeRate: 6.5, coins: [] }, "mainnet", 3_000_000);
    backend.answer("draftBitcoinPayment", { ...draft, excludes: ["q7"] });
    await review();
    expect(await screen.findByTestId("excludes")).toHaveTextContent(m.sendBitcoin.excludesText);
    await user.click(button(m.requests.conflictSee));
    expect(location.hash).toContain("q7");
    expect(called(backend, "proposeTransaction")).toEqual([]);
  });

  it("is drafted, looked at and asked for, to be sent by this device", async () => {
    const { backend, user, review } = await filled();
    await user.type(await field(m.sendBitcoin.note), "Fence");
    await user.selectOptions(screen.getByRole("combobox", { name: m.sign.lifetime }), m.sign.lifetimes.week);
    await review();
    expect(called(backend, "draftBitcoinPayment")).toEqual([[{ wallet: "w1", recipients: [{ address: to, amount: 2_000_000 }], feeRate: 6.5, coins: [] }]]);
    expect(await screen.findByTestId("consequence")).toHaveTextContent(m.sendBitcoin.consequence(2, 3));
    expect(screen.getByTestId("total")).toHaveTextContent("2,001,372 sat");
    expect(called(backend, "proposeTransaction"), "not before it was looked at").toEqual([]);
    await user.click(button(m.sendBitcoin.ask));
    expect(called(backend, "proposeTransaction")).toEqual([[{ wallet: "w1", psbt, lifetime: 604_800, supersedes: null, send: true, label: "Fence" }]]);
    expect(location.hash).toBe("#/requests/q1");
  });

  it("can be changed after it was looked at, and nothing of it is lost", async () => {
    const { user, review } = await filled();
    await review();
    await user.click(await screen.findByRole("button", { name: m.sendBitcoin.change }));
    expect(await field(m.sendBitcoin.to)).toHaveValue(to);
    expect(await field(m.sendBitcoin.amount)).toHaveValue("0.02");
    expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
  });

  it("is saved for another program as the bytes of a PSBT", async () => {
    const { backend, user, review } = await filled();
    await review();
    await user.click(await screen.findByRole("button", { name: m.save.action(m.sendBitcoin.psbt) }));
    expect(screen.getByText(m.psbt.about), "it says what that is").toBeVisible();
    const [[name, bytes] = []] = called(backend, "saveFile") as [string, Uint8Array][];
    expect(name).toBe("Family-savings-payment.psbt");
    expect(new TextDecoder().decode(bytes?.slice(0, 4))).toBe("psbt");
  });

  it("of everything states no amount", async () => {
    const { backend, user, review } = await filled();
    await user.click(button(m.sendBitcoin.everything));
    expect(screen.queryByRole("button", { name: m.sendBitcoin.add }), "only one can get everything").toBeNull();
    await review();
    expect(called(backend, "draftBitcoinPayment")).toMatchObject([[{ recipients: [{ address: to, amount: null }] }]]);
  });

  it("goes to several, of whom each can be taken away again", async () => {
    const { backend, user, review } = await filled();
    await user.click(button(m.sendBitcoin.add));
    const second = within(screen.getByRole("group", { name: m.sendBitcoin.recipient(2) }));
    await user.type(second.getByRole("textbox", { name: m.sendBitcoin.to }), addressAt("mainnet", 9));
    await user.type(second.getByRole("textbox", { name: m.sendBitcoin.amount }), "0.5");
    await review();
    await screen.findByTestId("consequence");
    expect(called(backend, "draftBitcoinPayment")).toMatchObject([[{ recipients: [{ amount: 2_000_000 }, { address: addressAt("mainnet", 9), amount: 50_000_000 }] }]]);
    await user.click(button(m.sendBitcoin.change));
    await user.click(await screen.findByRole("button", { name: m.sendBitcoin.removeNamed(1) }));
    expect(await field(m.sendBitcoin.amount)).toHaveValue("0.5");
  });

  it("keeps its amount when the unit changes", async () => {
    const { user } = await filled();
    await user.selectOptions(screen.getByRole("combobox", { name: m.sendBitcoin.unit }), m.sendBitcoin.units.sat);
    expect(await field(m.sendBitcoin.amount)).toHaveValue("2000000");
    expect(screen.getByText(/That is 0.02/)).toBeVisible();
  });

  it("spends the coins that were ticked, but none of another request", async () => {
    const { backend, user, review } = await filled();
    await user.click(screen.getByText(m.sendBitcoin.coins));
    expect(await screen.findByRole("checkbox", { name: /29,997,690 sat/ }), "it is in another request").toBeDisabled();
    await user.click(screen.getByRole("checkbox", { name: /90,000,000 sat/ }));
    expect(screen.getByText(/1 chosen/)).toBeVisible();
    await review();
    expect(called(backend, "draftBitcoinPayment")).toMatchObject([[{ coins: [coins("mainnet")[0]?.outpoint] }]]);
  });

  it("has the fee rate that was chosen", async () => {
    const { backend, user, review } = await filled();
    for (const rate of ["1.2", "6.5", "12"]) expect(screen.getByText(`${rate} sat/vB`)).toBeVisible();
    await user.click(screen.getByRole("radio", { name: new RegExp(m.sendBitcoin.fees.custom) }));
    await review();
    expect(screen.getByRole("alert")).toHaveTextContent(m.sendBitcoin.rateWrong);
    await user.type(await field(m.sendBitcoin.rate), "3.25");
    await review();
    expect(called(backend, "draftBitcoinPayment")).toMatchObject([[{ feeRate: 3.25 }]]);
  });

  it("needs a fee rate of one's own where nobody says what is usual", async () => {
    const { backend, review } = await filled({ feeRates: null });
    expect(screen.getByText(m.sendBitcoin.noRates)).toBeVisible();
    await review();
    expect(screen.getByRole("alert")).toHaveTextContent(m.sendBitcoin.rateWrong);
    expect(called(backend, "draftBitcoinPayment")).toEqual([]);
  });

  it.each(["low", "high", "extreme"] as const)("with a fee that is %s warns of it, and only the extreme one must be confirmed", async (feeLevel) => {
    const { backend, user, review } = await filled();
    backend.answer("draftBitcoinPayment", { spend: spendView({ feeLevel }), psbt, excludes: [] });
    await review();
    expect(await screen.findByTestId("fee-warning")).toHaveTextContent(m.spend.draftLevel[feeLevel]);
    const ask = button(m.sendBitcoin.ask);
    if (feeLevel !== "extreme") return expect(ask).toBeEnabled();
    expect(ask).toBeDisabled();
    await user.click(screen.getByRole("checkbox", { name: m.sendBitcoin.acceptFee }));
    expect(ask).toBeEnabled();
  });
});

describe("what is wrong with a payment", () => {
  it("is said beside each field before anybody is asked, and the first one gets the focus", async () => {
    const { backend, user } = open(sending, having());
    await user.click(await screen.findByRole("button", { name: m.sendBitcoin.review }));
    expect(await field(m.sendBitcoin.to)).toHaveAccessibleDescription(expect.stringContaining(m.sendBitcoin.addressMissing));
    expect(await field(m.sendBitcoin.amount)).toHaveAccessibleDescription(expect.stringContaining(m.sendBitcoin.amountMissing));
    expect(await field(m.sendBitcoin.to)).toHaveFocus();
    expect(called(backend, "draftBitcoinPayment")).toEqual([]);
  });

  it("is said of an address once it was pasted, not while it is typed", async () => {
    const { user } = open(sending, having());
    await user.type(await field(m.sendBitcoin.to), "bc1");
    expect(screen.queryByRole("alert")).toBeNull();
    await user.clear(await field(m.sendBitcoin.to));
    await user.paste("lightning:lnbc1");
    expect(await screen.findByRole("alert")).toHaveTextContent("This is not a Bitcoin address");
  });

  it("is said of each address of several", async () => {
    const { backend, user, review } = await filled();
    await user.click(button(m.sendBitcoin.add));
    const second = within(screen.getByRole("group", { name: m.sendBitcoin.recipient(2) }));
    await user.type(second.getByRole("textbox", { name: m.sendBitcoin.amount }), "1");
    await user.type(second.getByRole("textbox", { name: m.sendBitcoin.to }), "nobody");
    await review();
    expect(await second.findByRole("alert")).toHaveTextContent("This is not a Bitcoin address");
    expect(called(backend, "draftBitcoinPayment")).toEqual([]);
  });

  const refusals: [string, string][] = [
    ["invalid_address", m.sendBitcoin.to],
    ["other_network", m.sendBitcoin.to],
    ["insufficient", m.sendBitcoin.amount],
    ["dust", m.sendBitcoin.amount],
  ];
  it.each(refusals)("as the device finds it (%s) is said beside “%s”", async (code, name) => {
    const { backend, review } = await filled();
    backend.answer("draftBitcoinPayment", new BackendError(code, "It can’t be."));
    await review();
    expect(await field(name)).toHaveAccessibleDescription(expect.stringContaining("It can’t be."));
    expect(await field(name)).toHaveFocus();
  });

  it("with its fee is said beside the fee, with its coins beside the coins, and anything else at the end", async () => {
    const { backend, user, review } = await filled();
    const refuse = async (code: string) => {
      backend.answer("draftBitcoinPayment", new BackendError(code, `It is ${code}.`));
      await review();
      return await screen.findByText(`It is ${code}.`);
    };
    expect((await refuse("fee_too_low")).closest("fieldset")).toHaveTextContent(m.sendBitcoin.fee);
    expect((await refuse("reserved_coin")).closest("details")).toHaveAttribute("open");
    expect((await refuse("not_looked_up")).closest("fieldset, details, .field")).toBeNull();
    await user.click(screen.getByRole("checkbox", { name: /90,000,000 sat/ }));
    expect((await refuse("insufficient")).closest("details"), "these coins are too little").not.toBeNull();
  });

  it("with its note leads back to it", async () => {
    const { backend, user, review } = await filled();
    await user.type(await field(m.sendBitcoin.note), "x");
    await review();
    backend.answer("proposeTransaction", new BackendError("invalid_label", "That can’t be a note."));
    await user.click(await screen.findByRole("button", { name: m.sendBitcoin.ask }));
    expect(await field(m.sendBitcoin.note)).toHaveAccessibleDescription(expect.stringContaining("That can’t be a note."));
  });

  it("when it is asked for is said where it was looked at", async () => {
    const { backend, user, review } = await filled();
    await review();
    backend.answer("proposeTransaction", new BackendError("too_many_signings", "Too many are open."));
    await user.click(await screen.findByRole("button", { name: m.sendBitcoin.ask }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Too many are open.");
    expect(button(m.sendBitcoin.ask)).toBeEnabled();
  });
});

describe("before it is known what a wallet has", () => {
  const unknown = { balance: null, transactions: [], transactionCount: 0 };
  const states: [string, SyncView, string][] = [
    ["nobody is asked", { state: "noSource" }, m.sendBitcoin.noSourceText],
    ["it is read for the first time", { state: "scanning", percent: 34 }, m.money.percent(34)],
    ["nobody ever answered", { state: "failed", error: failure("node", "The node does not answer."), last: null }, "The node does not answer."],
  ];
  it.each(states)("nothing can be sent, since %s", async (_, sync, text) => {
    const { user } = open(sending, having({ ...unknown, sync }));
    expect(await screen.findByTestId("send-blocked")).toHaveTextContent(text);
    expect(screen.queryByRole("textbox", { name: m.sendBitcoin.to })).toBeNull();
    await user.click(button(m.money.choose));
    expect(await screen.findByRole("dialog", { name: m.nodes.dialog(m.networks.mainnet) })).toBeVisible();
    await user.keyboard("{Escape}");
    expect(await screen.findByTestId("send-blocked")).toBeVisible();
  });

  it("what is only remembered can’t be spent before anybody answered", async () => {
    open(sending, having({ sync: { state: "failed", error: failure("node", "The node does not answer."), last: null } }));
    expect(await screen.findByTestId("send-blocked")).toHaveTextContent("The node does not answer.");
    expect(screen.queryByRole("textbox", { name: m.sendBitcoin.to })).toBeNull();
  });

  it("what was known last can be spent, with a warning", async () => {
    open(sending, having({ sync: { state: "failed", error: failure("node", "The node does not answer."), last: 1 } }));
    expect(await screen.findByTestId("send-outdated")).toHaveTextContent("The node does not answer.");
    expect(await field(m.sendBitcoin.to)).toBeVisible();
  });

  it("a wallet that is not verified is warned of, and a test network is named", async () => {
    open(sending, { wallets: [wallet({ network: "signet", status: active({}, "signet"), ledger: ledger() })] });
    expect(await screen.findByTestId("unverified")).toBeVisible();
    expect(screen.getByTestId("test-network")).toHaveTextContent("Signet");
    expect(screen.getByText(m.networks.testText)).toBeVisible();
  });
});

describe("the fee of what waits for a block", () => {
  const waiting = (change = {}) => having({ transactions: [outgoing(change), ...ledger().transactions], transactionCount: 5 });
  async function raising(state = waiting(), prepare: (backend: ReturnType<typeof open>["backend"]) => void = () => undefined) {
    const opened = open(atWallet, state);
    prepare(opened.backend);
    await opened.user.click(await screen.findByRole("tab", { name: m.wallet.parts.history }));
    await opened.user.click(await screen.findByRole("button", { name: m.bump.actionNamed("5e5e5e5e") }));
    const dialog = within(await screen.findByRole("dialog"));
    return { ...opened, dialog, review: () => opened.user.click(dialog.getByRole("button", { name: m.bump.review })) };
  }

  it("is raised, looked at and asked for anew", async () => {
    const { backend, user, dialog, review } = await raising();
    expect(await dialog.findByRole("radio", { name: new RegExp(m.sendBitcoin.fees.fast) })).toBeChecked();
    await user.click(await dialog.findByRole("radio", { name: m.bump.recipient }));
    await review();
    expect(called(backend, "draftBitcoinBump")).toEqual([[{ wallet: "w1", txid: outgoing().txid, feeRate: 12, recipientPays: true }]]);
    expect(await screen.findByRole("dialog", { name: m.bump.reviewTitle })).toBeVisible();
    expect(dialog.getByTestId("review-replaces"), "that it takes the place of one that waits").toHaveTextContent(outgoing().txid);
    await user.click(await dialog.findByRole("button", { name: m.sendBitcoin.ask }));
    expect(called(backend, "proposeTransaction")).toMatchObject([[{ send: true, label: "Garden fence, deposit" }]]);
    expect(location.hash).toBe("#/requests/q1");
  });

  it("must rise above what it is, where that is known", async () => {
    const own = request({ meaning: spend({ txid: outgoing().txid, feeRate: 8 }), state: { state: "signed" } });
    const { backend, user, dialog, review } = await raising({ ...waiting(), ...{ requests: [own] } });
    expect(dialog.queryByRole("radio", { name: new RegExp(m.sendBitcoin.fees.medium) }), "6.5 is not above 8").toBeNull();
    await user.click(dialog.getByRole("radio", { name: new RegExp(m.sendBitcoin.fees.custom) }));
    await user.type(dialog.getByRole("textbox", { name: m.sendBitcoin.rate }), "8");
    await review();
    expect(await dialog.findByRole("alert")).toHaveTextContent(m.bump.mustRise("8 sat/vB"));
    expect(called(backend, "draftBitcoinBump")).toEqual([]);
  });

  it("that the device finds too low is said beside the rate", async () => {
    const { backend, dialog, review } = await raising();
    backend.draftBitcoinBump = () => Promise.reject(new BackendError("fee_too_low", "Only from 13.0 on."));
    await review();
    expect((await dialog.findByText("Only from 13.0 on.")).closest("fieldset")).toHaveTextContent(m.sendBitcoin.fee);
  });

  it("can’t be left to the recipient where something came back, or several were paid", async () => {
    const [coin] = coins("mainnet");
    const { dialog, backend, user } = await raising(waiting(), (backend) => backend.answer("coins", [{ ...coin, outpoint: `${outgoing().txid}:1` }]));
    expect(called(backend, "coins")).toHaveLength(1);
    expect(dialog.queryByText(m.bump.payer)).toBeNull();
    await user.click(dialog.getByRole("button", { name: m.app.cancel }));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it.each([
    ["in a block", { position: { kind: "confirmed", height: 1, time: 1, confirmations: 1 } }],
    ["another’s", { fee: null }],
    ["final", { replaceable: false }],
  ] as const)("is not raised of what is %s", async (_, change) => {
    const { user } = open(atWallet, waiting(change));
    await user.click(await screen.findByRole("tab", { name: m.wallet.parts.history }));
    await screen.findByText("Garden fence, deposit");
    expect(screen.queryByRole("button", { name: m.bump.actionNamed("5e5e5e5e") })).toBeNull();
  });
});

describe("a signed transaction", () => {
  const show = (publication: PublicationView | null, state = having()) =>
    open({ screen: "requests", id: "q1" }, { ...state, requests: [request({ own: true, state: { state: "signed" }, meaning: spend({ publication }) })] });
  const problem = failure("fee_too_low", "The fee is too low now.");

  const states: [string, PublicationView, string][] = [
    ["that will be sent", { state: "unknown", sends: true }, m.publication.unknownSends],
    ["of which nothing is known", { state: "unknown", sends: false }, m.publication.unknownText],
    ["that is being sent", { state: "unsent", sends: true, problem: null }, m.publication.unsentSends],
    ["that is not sent", { state: "unsent", sends: false, problem: null }, m.publication.unsentText],
    ["that could not be sent", { state: "unsent", sends: true, problem }, "The fee is too low now."],
    ["that was sent", { state: "pending" }, m.publication.pendingText],
    ["that is in a block", { state: "confirmed", height: 949_911, confirmations: 3 }, m.publication.confirmedText("3", false, "949,911")],
    ["that was replaced", { state: "replaced", by: "7d".repeat(32) }, m.publication.replacedText],
  ];
  it.each(states)("%s says so", async (_, publication, text) => {
    show(publication);
    expect(await screen.findByTestId("publication")).toHaveTextContent(text);
    expect(screen.getByTestId("txid")).toHaveTextContent(spendView().txid);
    const send = screen.queryByRole("button", { name: m.publication.send });
    expect(send !== null, "only what nobody here sends").toBe(publication.state === "unsent" && !publication.sends);
    const raisable = publication.state === "pending" || (publication.state === "unsent" && publication.problem !== null);
    expect(screen.queryByRole("button", { name: m.bump.action }) !== null, "what a higher fee would help").toBe(raisable);
  });

  it("is sent from here when asked to", async () => {
    const { backend, user } = show({ state: "unsent", sends: false, problem: null });
    await user.click(await screen.findByRole("button", { name: m.publication.send }));
    expect(called(backend, "publishTransaction")).toEqual([["q1"]]);
  });

  it("of which nothing can be known leads to where that is chosen", async () => {
    const { user } = show(null, having({ sync: { state: "noSource" } }));
    await user.click(await screen.findByRole("button", { name: m.publication.look }));
    await screen.findByRole("dialog", { name: m.nodes.dialog(m.networks.mainnet) });
    await user.keyboard("{Escape}");
    expect(await screen.findByTestId("publication")).toBeVisible();
  });

  it("is handed to no other program once it is in a block", async () => {
    const { backend } = show({ state: "pending" });
    expect(await screen.findByText(m.publication.elsewhere)).toBeVisible();
    const [pending] = backend.current.requests;
    if (pending?.meaning.kind !== "bitcoin") throw new Error("it is a payment");
    const publication = { state: "confirmed", height: 949_911, confirmations: 3 } as const;
    backend.publish({ requests: [{ ...pending, meaning: { ...pending.meaning, publication } }] });
    await waitFor(() => expect(screen.queryByText(m.publication.elsewhere)).toBeNull());
  });

  it("is handed to another program, and has its fee raised", async () => {
    const { backend, user } = show({ state: "pending" });
    await user.click(await screen.findByText(m.publication.elsewhere));
    await user.click(await screen.findByRole("button", { name: m.save.action(m.psbt.result) }));
    expect(called(backend, "saveText")[0]?.[0]).toBe("Family-savings-transaction.txt");
    await user.click(button(m.bump.action));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText("· 12.4 sat/vB")).toBeVisible();
    expect(dialog.getByText(m.bump.nothingHigher), "usual rates are not above it").toBeVisible();
    expect(dialog.queryByText(m.bump.payer), "it has change").toBeNull();
  });

  it("keeps its note when its fee is raised", async () => {
    const noted = outgoing({ txid: spendView().txid, label: "Rent" });
    const { backend, user } = show({ state: "pending" }, having({ transactions: [noted] }));
    await user.click(await screen.findByRole("button", { name: m.bump.action }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByRole("textbox", { name: m.sendBitcoin.rate }), "20");
    await user.click(dialog.getByRole("button", { name: m.bump.review }));
    await user.click(await dialog.findByRole("button", { name: m.sendBitcoin.ask }));
    expect(called(backend, "proposeTransaction")).toMatchObject([[{ label: "Rent" }]]);
  });
});

describe("an open request for a transaction", () => {
  it("is saved as a PSBT, and warns of an address that others would not find", async () => {
    const far = [{ amount: 1_000, target: { kind: "receive", index: 41_872 }, far: true } as const];
    const { backend, user } = open({ screen: "requests", id: "q1" }, { ...having(), requests: [request({ meaning: spend({ outputs: far }) })] });
    expect(await screen.findByTestId("far-warning")).toHaveTextContent(m.spend.farText);
    expect(screen.getByTestId("output")).toHaveTextContent(m.spend.farOwn);
    expect(screen.queryByText(m.spend.own)).toBeNull();
    expect(screen.getByText(m.psbt.about)).toBeVisible();
    await user.click(button(m.save.action(m.sendBitcoin.psbt)));
    expect(called(backend, "requestPsbt")).toEqual([["q1"]]);
    expect(called(backend, "saveFile")[0]?.[0]).toBe("Family-savings-request.psbt");
  });
});

describe("the invented device", () => {
  it("drafts every fee level", () => {
    const level = (feeRate: number) => drafted({ wallet: "w1", recipients: [], feeRate, coins: [] }, "mainnet", 1).spend.feeLevel;
    expect([0.5, 12, 150, 2_000].map(level)).toEqual(["low", "usual", "high", "extreme"]);
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { attention } from "../src/attention";
import { BackendError } from "../src/backend";
import { file, fileMessage, letter, member, message, payment, request, signedMessage, signedTransaction, spend } from "../src/backend/requestSamples";
import { active, alice, bob, charlie, contact, device, failure, snapshot, wallet } from "../src/backend/samples";
import type { MeaningView } from "../src/bindings/MeaningView";
import type { RequestState } from "../src/bindings/RequestState";
import type { Snapshot } from "../src/bindings/Snapshot";
import { needs } from "../src/flows/home/needs";
import { amountIn } from "../src/flows/sign/amounts";
import { base64Of, fileIn } from "../src/flows/sign/files";
import { m } from "../src/messages";
import type { Route } from "../src/navigation";
import { atWallet, open } from "./app";

const at = (id: string): Route => ({ screen: "requests", id });
const verified = wallet({ status: active({ verified: true }) });
const show = (change: Parameters<typeof request>[0] = {}, state: Partial<Snapshot> = {}) =>
  open(at("q1"), { wallets: [verified], requests: [request(change)], ...state });
const called = ({ calls }: { calls: unknown[][] }, name: string) => calls.filter(([command]) => command === name);

describe("a request", () => {
  it("shows the whole text, who asks, and where everyone stands", async () => {
    show({}, { contacts: [contact({ device: bob, verified: true })] });
    expect((await screen.findByTestId("signed-text")).textContent).toBe(letter);
    expect(screen.getByTestId("proposer-known")).toHaveTextContent(m.recognition.verified);
    const stands = screen.getAllByTestId("stand");
    expect(stands[1]).toHaveTextContent(m.requests.stand.approved);
    expect(stands[2]).toHaveTextContent(m.requests.offline);
  });

  it("is approved after one more look at what is signed", async () => {
    const { backend, user } = show();
    await user.click(await screen.findByRole("button", { name: m.requests.approve }));
    const dialog = await screen.findByRole("alertdialog");
    expect(within(dialog).getByTestId("signed-text").textContent).toBe(letter);
    expect(called(backend, "approveRequest"), "not before it is confirmed").toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: m.requests.approveConfirm }));
    expect(called(backend, "approveRequest")).toEqual([["approveRequest", "q1"]]);
  });

  it("that too many rejected asks nobody for an answer, and says who rejected it", async () => {
    const members = [member({ device: alice }), member({ stand: { kind: "rejected", reason: null } })];
    const refused = request({ members });
    show({ members });
    expect((await screen.findByTestId("request-standing")).textContent).toBe(m.requests.state.refused([bob.name]));
    expect(screen.getByTestId("request-state")).toHaveTextContent(m.requests.mark.refused);
    expect(needs(snapshot({ wallets: [verified], requests: [refused] })).filter(({ key }) => key.includes("q1"))).toEqual([]);
    const oneMore = request({ members: [...members, member({ device: charlie })] });
    expect(needs(snapshot({ wallets: [verified], requests: [oneMore] })).some(({ key }) => key.includes("q1"))).toBe(true);
  });

  it("for a Solana payment says what goes to whom, with which note, at what cost, and what became of it", async () => {
    show({ meaning: payment({ network: "devnet" }) });
    const shown = await screen.findByTestId("transfer");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(m.requests.kind.solana);
    for (const part of ["1.25 SOL", "Rent for March", m.transfer.atMost("0.0000052"), m.transfer.sol("0.00089088"), m.transfer.depositHint])
      expect(shown).toHaveTextContent(part);
    expect(shown.textContent).toContain("24PNhTaNtomHhoy3fTRaMhAFCRj4uHqhZEEoWrKDbR5p");
    expect(within(shown).getByTestId("test-network")).toBeVisible();
    expect(screen.queryByTestId("transfer-state"), "it is not signed yet").toBeNull();
  });

  it("for a payment that the network did not take says that nothing was paid and nothing will be", async () => {
    const state: RequestState = { state: "signed" };
    const token = { mint: "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", decimals: 6, createsAccount: true };
    show({ state, meaning: payment({ token, transfer: { id: "5VERv8NMvzbJ", state: { state: "expired" } } }) });
    const shown = await screen.findByTestId("transfer");
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(m.requests.kind.tokens);
    expect(within(shown).getByTestId("transfer-state")).toHaveTextContent(m.transfer.expired);
    expect(within(shown).getByTestId("transfer-id")).toHaveTextContent("5VERv8NMvzbJ");
    expect(within(shown).getByRole("button", { name: m.copy.action(m.transfer.id) })).toBeVisible();
    for (const part of ["1.25 tokens", token.mint, m.transfer.createsAccount]) expect(shown).toHaveTextContent(part);
  });

  it("that spends the coins of another one says so, and leads there", async () => {
    const other = request({ id: "q2", meaning: spend() });
    const { user } = show({}, { requests: [request({ meaning: spend(), conflicts: ["q2"] }), other] });
    const notice = await screen.findByTestId("conflict");
    await user.click(within(notice).getByRole("button", { name: m.requests.conflictSee }));
    await waitFor(() => expect(screen.queryByTestId("conflict"), "the other one is shown").toBeNull());
    expect(await screen.findByTestId("spend")).toBeVisible();
  });

  it("that pays more for what waits already names it, and leads there", async () => {
    const waits = request({ id: "q2", meaning: spend({ publication: { state: "pending" }, fee: 1_000 }), state: { state: "signed" } });
    const { backend, user } = show({}, { wallets: [verified], requests: [request({ meaning: spend(), conflicts: ["q2"] }), waits] });
    const notice = await screen.findByTestId("replaces");
    for (const part of ["0.02 500 000 BTC", "0.00 001 000 BTC"]) expect(notice).toHaveTextContent(part);
    expect(screen.queryByTestId("conflict"), "it is said once").toBeNull();
    backend.publish({ requests: [request({ meaning: spend({ fee: 1_000 }), conflicts: ["q2"] }), waits] });
    expect(await screen.findByTestId("conflict"), "no higher fee replaces nothing").toBeVisible();
    backend.publish({ requests: [request({ meaning: spend(), conflicts: ["q2"] }), waits] });
    await user.click(await screen.findByRole("button", { name: m.requests.replaces.see }));
    expect(location.hash).toBe("#/requests/q2");
  });

  it("is rejected with a reason of at most 200 characters, or with none", async () => {
    const { backend, user } = show();
    await user.click(await screen.findByRole("button", { name: m.requests.reject }));
    const dialog = await screen.findByRole("alertdialog");
    const field = within(dialog).getByRole("textbox");
    const confirm = within(dialog).getByRole("button", { name: m.requests.reject });
    await user.click(field);
    await user.paste("x".repeat(201));
    expect(confirm).toBeDisabled();
    await user.clear(field);
    await user.type(field, " wrong date ");
    await user.click(confirm);
    expect(called(backend, "rejectRequest")).toEqual([["rejectRequest", "q1", "wrong date"]]);
  });

  it("of one's own can be cancelled, another's can't", async () => {
    const { backend, user } = show({ own: true, proposer: alice, decision: "approved" });
    await user.click(await screen.findByRole("button", { name: m.requests.cancel }));
    await user.click(within(await screen.findByRole("alertdialog")).getByRole("button", { name: m.requests.cancel }));
    expect(called(backend, "cancelRequest")).toEqual([["cancelRequest", "q1"]]);
    backend.publish({ requests: [request()] });
    await screen.findByRole("button", { name: m.requests.approve });
    expect(screen.queryByRole("button", { name: m.requests.cancel })).toBeNull();
  });

  it("that can't be read says why, and can't be approved", async () => {
    show({ meaning: { kind: "unreadable", error: failure("newer", "It is of a newer version.") } });
    expect(await screen.findByTestId("unreadable")).toHaveTextContent("It is of a newer version.");
    expect(screen.queryByRole("button", { name: m.requests.approve })).toBeNull();
    expect(screen.getByRole("button", { name: m.requests.reject })).toBeVisible();
  });

  it("of which some answers are enough says how many are missing, and whose can be", async () => {
    const waiting = (waitingFor: string[], waitingForThis = true): RequestState => ({ state: "open", signing: false, attempts: 0, waitingFor, waitingForThis });
    const approved = { stand: { kind: "approved" } } as const;
    const dave = member({ device: device("dave", 3) });
    const { backend } = show();
    const says = async (text: string, change: Parameters<typeof request>[0]) => {
      backend.publish({ requests: [request(change)] });
      await waitFor(() => expect(screen.getByTestId("request-standing")).toHaveTextContent(text));
    };
    const standing = await screen.findByTestId("request-standing");
    expect(standing, "bob approved, and one of the others is enough").toHaveTextContent("1 more approval is needed: from you or charlie.");
    const all = [member({ device: alice }), member(), member({ device: charlie }), dave];
    await says("2 more approvals are needed, from among you, bob, charlie, and dave.", { members: all, state: waiting(["bob", "charlie", "dave"]) });
    await says("Waiting for charlie and you.", { threshold: 3, state: waiting(["charlie"]) });
    // Whoever approved and went is missing, but not their approval.
    const gone = [member({ device: alice, ...approved }), member({ linked: false, ...approved }), member({ device: charlie })];
    await says("Waiting for bob or charlie.", { members: gone, state: waiting(["bob", "charlie"], false) });
    const there = [member({ device: alice, ...approved }), member(approved), member({ device: charlie })];
    await says("Waiting for bob.", { members: there, state: waiting(["bob"], false) });
  });

  it("that waits for this device too says so to its person", async () => {
    const { backend } = show({ threshold: 3, state: { state: "open", signing: false, attempts: 0, waitingFor: ["charlie"], waitingForThis: true } });
    const all = m.requests.state.waiting(["charlie", m.requests.yourself]);
    await waitFor(() => expect(screen.getByTestId("request-standing")).toHaveTextContent(all));
    backend.publish({ requests: [request({ state: { state: "open", signing: false, attempts: 0, waitingFor: ["bob"], waitingForThis: false } })] });
    await waitFor(() => expect(screen.getByTestId("request-standing")).toHaveTextContent(m.requests.state.waiting(["bob"])));
  });

  it("says of who has not answered that they may yet do so, until it is over", async () => {
    const { backend } = show();
    expect((await screen.findAllByTestId("stand"))[2]).toHaveTextContent(m.requests.stand.undecided);
    backend.publish({ requests: [request({ state: { state: "expired" } })] });
    await waitFor(() => expect(screen.getAllByTestId("stand")[2]).toHaveTextContent(m.requests.stand.unanswered));
    expect(screen.queryByText(m.requests.stand.undecided)).toBeNull();
  });

  const broken = failure("transfer_failed", "The wallet had too little for it.");
  it.each<[MeaningView, string]>([
    [message(), m.requests.mark.signed],
    [spend(), m.requests.mark.signed],
    [spend({ publication: { state: "unknown", sends: true } }), m.requests.mark.signed],
    [spend({ publication: { state: "unsent", sends: false, problem: null } }), m.publication.unsent],
    [spend({ publication: { state: "unsent", sends: true, problem: broken } }), m.publication.problem],
    [spend({ publication: { state: "pending" } }), m.publication.pending],
    [spend({ publication: { state: "confirmed", height: 1, confirmations: 1 } }), m.publication.confirmed],
    [spend({ publication: { state: "replaced", by: "7d" } }), m.requests.mark.replaced],
    [payment(), m.requests.mark.signed],
    [payment({ transfer: { id: "5VER", state: { state: "pending" } } }), m.transfer.pending],
    [payment({ transfer: { id: "5VER", state: { state: "included", finalized: true } } }), m.publication.confirmed],
    [payment({ transfer: { id: "5VER", state: { state: "failed", error: broken } } }), m.solana.failed],
    [payment({ transfer: { id: "5VER", state: { state: "expired" } } }), m.requests.mark.expired],
    [payment({ transfer: { id: "5VER", state: { state: "unknown" } } }), m.requests.mark.unknown],
  ])("that is signed says in the list what came of it: %#", async (meaning, text) => {
    open({ screen: "requests" }, { wallets: [verified], requests: [request({ meaning, state: { state: "signed" } })] });
    expect(within(await screen.findByTestId("request")).getByText(text)).toBeVisible();
  });

  it("names who rejected it and why, and who misbehaved", async () => {
    show({
      members: [
        member({ stand: { kind: "rejected", reason: "The date is wrong." } }),
        member({ device: charlie, stand: { kind: "excluded" }, misbehaved: "badShare" }),
      ],
    });
    const [rejected, excluded] = await screen.findAllByTestId("stand");
    expect(rejected).toHaveTextContent("The date is wrong.");
    expect(excluded).toHaveTextContent(m.requests.stand.excluded);
    expect(excluded).toHaveTextContent(m.requests.misbehaved.badShare);
  });

  it.each<[RequestState, string]>([
    [{ state: "open", signing: true, attempts: 1, waitingFor: ["charlie"], waitingForThis: false }, m.requests.state.signing(["charlie"])],
    [{ state: "open", signing: false, attempts: 0, waitingFor: ["charlie"], waitingForThis: false }, m.requests.state.waiting(["charlie"])],
    [{ state: "signed" }, m.requests.state.signed],
    [{ state: "cancelled" }, m.requests.state.cancelled("bob")],
    [{ state: "superseded", by: "q9" }, m.requests.state.superseded("bob")],
    [{ state: "expired" }, m.requests.state.expired],
  ])("that is %j says so", async (state, text) => {
    show({ state });
    const standing = await screen.findByTestId("request-standing");
    expect(standing).toHaveTextContent(text);
    expect(standing).toHaveRole("status");
    if (state.state !== "open") expect(screen.queryByRole("button", { name: m.requests.approve })).toBeNull();
  });

  it("says how many attempts there were, if there were several", async () => {
    const at = (attempts: number): RequestState => ({ state: "open", signing: true, attempts, waitingFor: [], waitingForThis: false });
    const { backend } = show({ state: at(2) });
    expect(await screen.findByTestId("attempts")).toHaveTextContent(m.requests.attempts(2));
    for (const once of [1, 0]) {
      backend.publish({ requests: [request({ state: at(once) })] });
      await waitFor(() => expect(screen.queryByTestId("attempts")).toBeNull());
    }
  });

  it.each<[MeaningView, "bitcoin" | "solana" | "message"]>([
    [spend(), "bitcoin"],
    [payment(), "solana"],
    [message(), "message"],
  ])("that ended after this device gave its part warns that it may still be used", async (meaning, kind) => {
    const { backend } = show({ meaning, state: { state: "cancelled" }, mayStillBeMade: true });
    expect(await screen.findByTestId("may-still-be-made")).toHaveTextContent(m.requests.mayStill[kind]("bob"));
    expect(screen.getByTestId("request-standing")).not.toHaveTextContent(m.requests.notSignedHere);
    backend.publish({ requests: [request({ meaning, state: { state: "cancelled" } })] });
    await waitFor(() => expect(screen.queryByTestId("may-still-be-made")).toBeNull());
    expect(screen.getByTestId("request-standing")).toHaveTextContent(m.requests.notSignedHere);
    backend.publish({ requests: [request({ meaning, own: true, state: { state: "cancelled" } })] });
    await waitFor(() => expect(screen.getByTestId("request-standing")).toHaveTextContent(m.requests.nothingSigned));
  });

  it("that this device can't do its part of says why", async () => {
    show({ decision: "approved", problem: failure("keychain", "The keychain is locked.") });
    expect(await screen.findByTestId("request-problem")).toHaveTextContent("The keychain is locked.");
  });

  it("that was signed hands out what came of it", async () => {
    const { backend, user } = show({ state: { state: "signed" } });
    expect(await screen.findByTestId("signature")).toHaveTextContent(signedMessage().signature);
    await user.click(screen.getByRole("button", { name: m.copy.action(m.requests.envelope) }));
    await user.click(screen.getByRole("button", { name: m.save.action(m.requests.envelope) }));
    const text = `${JSON.stringify(signedMessage(), null, 2)}\n`;
    expect(called(backend, "copyText")).toEqual([["copyText", text, false]]);
    expect(called(backend, "saveText")).toEqual([["saveText", "Family-savings-signed-message.json", text]]);
  });

  it("for a file is compared with one's own copy", async () => {
    const { backend, user } = show({ meaning: fileMessage });
    const choose = await screen.findByRole("button", { name: m.requests.compare.choose });
    backend.answer("hashFile", { ...file, name: "other name.pdf" });
    await user.click(choose);
    expect(await screen.findByTestId("same-file")).toBeVisible();
    backend.answer("hashFile", { ...file, sha256: "0".repeat(64) });
    await user.click(choose);
    expect(await screen.findByTestId("other-file")).toBeVisible();
    expect(screen.queryByTestId("same-file")).toBeNull();
    backend.answer("hashFile", new BackendError("not_read", ""));
    await user.click(choose);
    expect(await screen.findByRole("alert")).toHaveTextContent(m.requests.compare.unreadable);
    expect(screen.queryByTestId("other-file"), "nothing is said of a file that was not read").toBeNull();
  });

  it("for a file is approved with the file at hand, or knowingly without", async () => {
    const { backend, user } = show({ meaning: fileMessage });
    const approve = () => user.click(screen.getByRole("button", { name: m.requests.approve }));
    await screen.findByRole("button", { name: m.requests.approve });
    await approve();
    const dialog = () => screen.getByRole("alertdialog");
    const confirm = () => within(dialog()).getByRole("button", { name: m.requests.approveConfirm });
    expect(confirm()).toBeDisabled();
    await user.click(within(dialog()).getByRole("checkbox", { name: m.requests.compare.without("bob") }));
    expect(confirm()).toBeEnabled();
    backend.answer("hashFile", { ...file, sha256: "0".repeat(64) });
    await user.click(within(dialog()).getByRole("button", { name: m.app.cancel }));
    await approve();
    expect(confirm(), "it is asked each time").toBeDisabled();
    await user.click(within(dialog()).getByRole("button", { name: m.requests.compare.choose }));
    await within(dialog()).findByTestId("other-file");
    expect(confirm()).toBeDisabled();
    backend.answer("hashFile", file);
    await user.click(within(dialog()).getByRole("button", { name: m.requests.compare.choose }));
    await within(dialog()).findByTestId("same-file");
    expect(within(dialog()).queryByRole("checkbox")).toBeNull();
    await user.click(confirm());
    expect(called(backend, "approveRequest")).toEqual([["approveRequest", "q1"]]);
  });

  it("for a file that was chosen here needs no second look at it", async () => {
    const { user } = show({ meaning: fileMessage, own: true });
    await user.click(await screen.findByRole("button", { name: m.requests.approve }));
    expect(within(screen.getByRole("alertdialog")).getByRole("button", { name: m.requests.approveConfirm })).toBeEnabled();
  });
});

describe("a transaction", () => {
  it("shows whom it pays and what is lost, and then what comes back", async () => {
    show({
      meaning: spend({
        outputs: [
          { amount: 9_842_118, target: { kind: "change", index: 2 }, far: false },
          { amount: 2_500_000, target: { kind: "address", address: "bc1qexample" }, far: false },
          { amount: 1_000, target: { kind: "data", bytes: "cafe" }, far: false },
        ],
      }),
    });
    const [paid, lost, back] = await screen.findAllByTestId("output");
    expect(paid).toHaveTextContent("bc1qexample");
    expect(paid).toHaveTextContent("0.02 500 000 BTC");
    expect(back).toHaveTextContent(m.spend.own);
    expect(lost).toHaveTextContent(m.spend.data);
    expect(screen.queryByTestId("fee-warning")).toBeNull();
    expect(screen.queryByTestId("test-network")).toBeNull();
  });

  it.each(["low", "high", "extreme"] as const)("with a fee that is %s warns of it", async (feeLevel) => {
    show({ meaning: spend({ feeLevel, network: "signet" }) });
    expect(await screen.findByTestId("fee-warning")).toHaveTextContent(m.spend.level[feeLevel]);
    expect(screen.getByTestId("test-network")).toBeVisible();
  });

  it("says amounts with all their digits", () => {
    expect(amountIn(1, "btc")).toBe("0.00\u202f000\u202f001 BTC");
    expect(amountIn(2_100_000_000_000_000, "btc")).toBe("21,000,000.00\u202f000\u202f000 BTC");
  });
});

describe("a request leads back", () => {
  const other = request({ id: "q2", meaning: spend() });
  const state = { wallets: [verified], requests: [request({ meaning: spend(), conflicts: ["q2"] }), other] };
  const back = (name: string) => screen.findByRole("button", { name });

  it("to the wallet it was opened from, by way of the other requests in between", async () => {
    const { user } = open(atWallet, { ...state, requests: [request({ meaning: spend(), conflicts: ["q2"] }), { ...other, decision: "approved" }] });
    await user.click(await screen.findByRole("button", { name: m.requests.waiting(1) }));
    await user.click(await screen.findByRole("button", { name: m.requests.conflictSee }));
    await user.click(await back(m.requests.backToOne));
    expect(await screen.findByTestId("conflict")).toBeVisible();
    await user.click(await back(m.sign.back));
    expect(location.hash).toBe("#/wallet/w1");
  });

  it("home, where it was asked for an answer", async () => {
    const { user } = open({ screen: "home" }, { wallets: [verified], requests: [request()] });
    await user.click(await screen.findByRole("link", { name: new RegExp(`^${m.home.need.signAction}`) }));
    await user.click(await back(m.app.back));
    expect(location.hash).toBe("#/home");
  });

  it("to the wallet for which it was just made", async () => {
    const { backend, user } = open({ screen: "spend", wallet: "w1" }, { wallets: [verified], requests: [other] });
    backend.answer("proposeTransaction", "q2");
    await user.click(await screen.findByRole("textbox", { name: m.psbt.field }));
    await user.paste("cHNidP8=");
    await user.click(screen.getByRole("button", { name: m.psbt.submit }));
    await user.click(await back(m.sign.back));
    expect(location.hash).toBe("#/wallet/w1");
  });

  it("to the list, from there and where it is opened by its address", async () => {
    const { user } = open(at("q2"), state);
    await user.click(await back(m.requests.back));
    expect(location.hash).toBe("#/requests");
    await user.click((await screen.findAllByTestId("request"))[0] as HTMLElement);
    expect(await back(m.requests.back)).toBeVisible();
  });
});

describe("whoever has not answered", () => {
  it("is told at home and in the side bar, until they have", async () => {
    const { backend } = open({ screen: "home" }, { wallets: [verified], requests: [request()] });
    expect(await screen.findByText(m.home.need.sign("bob", "Family savings"))).toBeVisible();
    expect(screen.getByText(m.requests.count(1))).toBeVisible();
    backend.publish({ requests: [request({ decision: "approved" })] });
    expect(needs(backend.current)).toEqual([]);
  });

  it("is led from the wallet to the request, or to the list if there are more", async () => {
    const at = { screen: "wallet", id: verified.id } as const;
    const one = request();
    const { backend, user } = open(at, { wallets: [verified], requests: [one] });
    const toThem = async (count: number) => {
      const main = within(await screen.findByRole("main"));
      await user.click(main.getByRole("button", { name: m.requests.waiting(count) }));
    };
    await toThem(1);
    expect(await screen.findByTestId("request-state")).toBeVisible();
    await user.click(screen.getByRole("link", { name: new RegExp(verified.name) }));
    backend.publish({ requests: [one, request({ id: "fe".repeat(32) })] });
    await toThem(2);
    expect(await screen.findByRole("heading", { level: 1, name: m.requests.title })).toHaveFocus();
  });

  it("hears of another's request, once, and of the signature that was asked for", () => {
    const none = snapshot({ wallets: [verified] });
    const asked = snapshot({ wallets: [verified], requests: [request()] });
    expect(attention(none, asked)).toEqual([{ title: m.notification.sign("bob"), body: m.notification.signText("Family savings") }]);
    expect(attention(asked, asked)).toEqual([]);
    const own = (state: RequestState) => snapshot({ wallets: [verified], requests: [request({ own: true, state })] });
    const news = attention(own({ state: "open", signing: true, attempts: 0, waitingFor: [], waitingForThis: false }), own({ state: "signed" }));
    expect(news.map(({ title }) => title)).toEqual([m.notification.signed("Family savings")]);
  });
});

describe("asking for a signature", () => {
  const signing: Route = { screen: "sign", wallet: "w1" };

  it("is offered by an active wallet alone", async () => {
    const { backend } = open(atWallet, { wallets: [verified] });
    expect(await screen.findByRole("button", { name: m.sign.action })).toBeVisible();
    backend.publish({ wallets: [wallet({ status: { state: "quarantined" } })] });
    await screen.findByTestId("quarantined");
    expect(screen.queryByRole("button", { name: m.sign.action })).toBeNull();
  });

  it("sends the text as it was written, and shows the request", async () => {
    const { backend, user } = open(signing, { wallets: [verified], requests: [request({ own: true, proposer: alice })] });
    const field = await screen.findByRole("textbox", { name: m.sign.text });
    await user.click(screen.getByRole("button", { name: m.sign.submit }));
    expect(screen.getByRole("alert")).toHaveTextContent(m.sign.textMissing);
    await user.click(field);
    await user.paste(letter);
    await user.selectOptions(screen.getByRole("combobox", { name: m.sign.lifetime }), m.sign.lifetimes.week);
    await user.click(screen.getByRole("button", { name: m.sign.submit }));
    const asked = { wallet: "w1", content: { kind: "text", text: letter }, index: 0, lifetime: 604_800, supersedes: null };
    expect(called(backend, "proposeMessage")).toEqual([["proposeMessage", asked]]);
    expect(await screen.findByTestId("request-state")).toBeVisible();
  });

  it("for a file sends what tells it from others", async () => {
    const { backend, user } = open(signing, { wallets: [verified] });
    backend.answer("hashFile", file);
    await user.click(await screen.findByRole("radio", { name: m.sign.asFile }));
    await user.click(screen.getByRole("button", { name: m.sign.fileChoose }));
    expect(await screen.findByText(file.sha256)).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.sign.submit }));
    expect(called(backend, "proposeMessage")[0]?.[1]).toMatchObject({ content: { kind: "file", ...file }, lifetime: 86_400 });
  });

  it("says why it did not work, and keeps the text", async () => {
    const { backend, user } = open(signing, { wallets: [wallet()] });
    expect(await screen.findByTestId("unverified")).toBeVisible();
    backend.answer("proposeMessage", new BackendError("invalid_message", "It has a character that does not show."));
    await user.type(screen.getByRole("textbox", { name: m.sign.text }), "abc");
    await user.click(screen.getByRole("button", { name: m.sign.submit }));
    expect(await screen.findByRole("alert")).toHaveTextContent("It has a character that does not show.");
    expect(screen.getByRole("textbox", { name: m.sign.text })).toHaveValue("abc");
  });
});

describe("a signed message from anybody", () => {
  it("that holds says who signed what", async () => {
    const { backend, user } = open({ screen: "verify" }, { wallets: [verified] });
    const signer = verified.status.state === "active" ? verified.status.addresses[0]?.address : undefined;
    backend.answer("verifyMessage", signedMessage({ signer: signer ?? "" }));
    await user.click(await screen.findByRole("textbox", { name: m.verify.field }));
    await user.paste("{}");
    await user.click(screen.getByRole("button", { name: m.verify.submit }));
    expect(await screen.findByTestId("signature-holds")).toHaveTextContent(m.verify.own("Family savings"));
    expect(screen.getByTestId("signed-text").textContent).toBe(letter);
    await user.type(screen.getByRole("textbox", { name: m.verify.field }), "x");
    expect(screen.queryByTestId("signature-holds"), "another text was not verified").toBeNull();
  });

  it("of no wallet here is not said to be one's own", async () => {
    const { backend, user } = open({ screen: "verify" }, { wallets: [verified] });
    backend.answer("verifyMessage", signedMessage({ signer: "somebody else" }));
    await user.type(await screen.findByRole("textbox", { name: m.verify.field }), "x");
    await user.click(screen.getByRole("button", { name: m.verify.submit }));
    expect(await screen.findByTestId("signature-holds")).toHaveTextContent(m.verify.foreign);
  });

  it("that does not hold is refused", async () => {
    const { backend, user } = open({ screen: "verify" });
    backend.answer("verifyMessage", new BackendError("wrong_signature", "The signature is wrong."));
    await user.type(await screen.findByRole("textbox", { name: m.verify.field }), "x");
    await user.click(screen.getByRole("button", { name: m.verify.submit }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The signature is wrong.");
    expect(screen.queryByTestId("signature-holds")).toBeNull();
  });

  it("stands for a file only in the form in which files are signed", () => {
    const text = fileMessage.kind === "message" ? fileMessage.text : "";
    expect(fileIn(text)).toEqual({ size: file.size, sha256: file.sha256 });
    expect(fileIn(`${text}\nand more`)).toBeUndefined();
    expect(fileIn(message().kind)).toBeUndefined();
  });
});

describe("a transaction from another program", () => {
  const bitcoin = wallet({ status: active({ verified: true }) });
  const asked = () => open({ screen: "spend", wallet: "w1" }, { wallets: [bitcoin] });

  it("is asked for with what was pasted", async () => {
    const { backend, user } = asked();
    await user.click(await screen.findByRole("button", { name: m.psbt.submit }));
    expect(screen.getByText(m.psbt.missing)).toBeVisible();
    expect(screen.getByText(m.psbt.about), "whatever is missing").toBeVisible();
    await user.click(screen.getByRole("textbox", { name: m.psbt.field }));
    await user.paste("cHNidP8=");
    await user.click(screen.getByRole("button", { name: m.psbt.submit }));
    expect(called(backend, "proposeTransaction")).toEqual([
      ["proposeTransaction", { wallet: "w1", psbt: "cHNidP8=", lifetime: 86_400, supersedes: null, send: false, label: null }],
    ]);
  });

  it("is read from a file, whether that has its bytes or its text", () => {
    const bytes = [0x70, 0x73, 0x62, 0x74, 0xff, 0x00];
    expect(base64Of(Uint8Array.from(bytes))).toBe("cHNidP8A");
    expect(base64Of(new TextEncoder().encode("cHNidP8A\n"))).toBe("cHNidP8A");
  });

  it("that can't be signed says why", async () => {
    const { backend, user } = asked();
    backend.proposeTransaction = () => Promise.reject(new BackendError("foreign_transaction", "Input 1 is not of this wallet."));
    await user.click(await screen.findByRole("textbox", { name: m.psbt.field }));
    await user.paste("cHNidP8=");
    await user.click(screen.getByRole("button", { name: m.psbt.submit }));
    expect(screen.getByRole("textbox", { name: m.psbt.field })).toHaveAccessibleDescription(/Input 1 is not of this wallet\./);
  });

  it("can be copied with its ID once it is signed", async () => {
    show({ meaning: spend(), state: { state: "signed" } });
    expect(await screen.findByTestId("txid")).toHaveTextContent(signedTransaction().txid);
    expect(await screen.findByTestId("raw-transaction")).toHaveTextContent(/^0200/);
  });
});

import { screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { active, alice, bob, certificate, charlie, contact, failure, ledger, raw, solana, wallet } from "../src/backend/samples";
import type { ReachableView } from "../src/bindings/ReachableView";
import type { WalletStatus } from "../src/bindings/WalletStatus";
import { fileName, qrSvg } from "../src/flows/wallet/files";
import { m } from "../src/messages";
import type { Route } from "../src/navigation";
import { atWallet, open } from "./app";

const verified = active({ verified: true });
const quarantined: WalletStatus = { state: "quarantined" };
const unusable: WalletStatus = { state: "unusable", error: failure("share_missing", "The share is gone.") };
const commands = ({ calls }: { calls: unknown[][] }) =>
  calls.filter(([name]) => !["setLabels", "ready", "activity"].includes(String(name)));

async function openDetails(state: Parameters<typeof open>[1]) {
  const opened = open(atWallet, state);
  await opened.user.click(await screen.findByRole("tab", { name: m.wallet.parts.details }));
  return opened;
}

describe("the side bar", () => {
  it.each<Route>([
    atWallet,
    { screen: "sendBitcoin", wallet: "w1" },
    { screen: "sendSolana", wallet: "w1" },
    { screen: "sign", wallet: "w1" },
    { screen: "spend", wallet: "w1" },
  ])("marks the wallet, and no other, at $screen", async (route) => {
    open(route, { wallets: [wallet({ name: "Ours", status: verified }), wallet({ id: "w2", name: "Theirs", status: verified })] });
    const nav = within(await screen.findByRole("navigation", { name: m.app.navigation }));
    expect(nav.getByRole("link", { name: /^Ours/ })).toHaveAttribute("aria-current", "page");
    expect(nav.getAllByRole("link").filter((link) => link.hasAttribute("aria-current"))).toHaveLength(1);
  });
});

describe("every state of a wallet is shown", () => {
  const cases: [string, WalletStatus, string][] = [
    ["not verified", active(), m.wallet.verify.title],
    ["unfinished", { state: "unfinished", missing: ["bob"] }, m.wallet.unfinishedText(["bob"])],
    ["unfinished, with nobody missing", { state: "unfinished", missing: [] }, m.wallet.unfinishedText([])],
    ["in quarantine", quarantined, m.wallet.quarantinedText],
    ["without its share", unusable, "The share is gone."],
  ];
  it.each(cases)("that is %s", async (_, status, text) => {
    open(atWallet, { wallets: [wallet({ status })] });
    expect(await screen.findByText(text)).toBeVisible();
  });

  it("that is verified, without asking to compare again", async () => {
    open(atWallet, { wallets: [wallet({ status: verified })] });
    expect(await screen.findByTestId("wallet-status")).toHaveTextContent(m.wallet.state.verified);
    expect(screen.queryByText(m.wallet.verify.title)).toBeNull();
  });

  it("and so is one that is not there", async () => {
    open(atWallet);
    expect(await screen.findByText(m.wallet.gone)).toBeVisible();
  });
});

describe("an address", () => {
  it("comes after the warning that it is not verified, until the words were compared", async () => {
    const { backend } = open(atWallet, { wallets: [wallet()] });
    const address = await screen.findByTestId("address");
    const warning = screen.getByTestId("not-verified");
    expect(warning).toHaveTextContent(m.wallet.verify.bannerText);
    expect(warning.compareDocumentPosition(address) & Node.DOCUMENT_POSITION_FOLLOWING, "first the warning").toBeTruthy();
    backend.publish({ wallets: [wallet({ status: verified })] });
    expect(await screen.findByText(m.wallet.verify.announced)).toHaveRole("status");
    expect(screen.queryByTestId("not-verified")).toBeNull();
    expect(screen.getByTestId("address")).toBeVisible();
  });

  it.each<[string, WalletStatus]>([
    ["a key that has no chain", raw],
    ["an unfinished wallet", { state: "unfinished", missing: ["bob"] }],
    ["a wallet in quarantine", quarantined],
    ["a wallet without its share", unusable],
  ])("does not exist for %s", async (_, status) => {
    open(atWallet, { wallets: [wallet({ ciphersuite: "secp256k1", network: null, status })] });
    await screen.findByTestId("wallet-status");
    expect(screen.queryByTestId("address")).toBeNull();
    expect(screen.queryByTestId("address-qr")).toBeNull();
    expect(screen.queryByTestId("descriptor")).toBeNull();
  });

  it("of a raw key is said not to exist", async () => {
    open(atWallet, { wallets: [wallet({ ciphersuite: "secp256k1", network: null, status: raw })] });
    expect(await screen.findByTestId("no-address")).toHaveTextContent(m.wallet.noAddressText);
  });

  it("is shown in fours, and copied and drawn whole", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ ciphersuite: "ed25519", status: solana })] });
    const address = "7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV1";
    expect((await screen.findByTestId("address")).textContent).toBe(address);
    expect(screen.getByTestId("address-qr")).toHaveAccessibleName(m.wallet.qr(address));
    await user.click(screen.getByRole("button", { name: "Copy Group address" }));
    expect(commands(backend)).toEqual([["copyText", address, false]]);
    expect(screen.queryByRole("button", { name: m.wallet.fresh }), "Solana has but one").toBeNull();
  });

  it("on a test network says that its coins are worth nothing", async () => {
    open(atWallet, { wallets: [wallet({ network: "signet", status: active({}, "signet") })] });
    expect(await screen.findByText(m.networks.testText)).toBeVisible();
    expect(screen.getByTestId("test-network")).toHaveTextContent("Signet");
  });
});

describe("the note on an address", () => {
  it("is read, changed, and another one on another address", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ receiveIndex: 1, status: active({ verified: true }) })] });
    const receive = within(await screen.findByRole("region", { name: m.wallet.address }));
    await user.click(await receive.findByRole("button", { name: `${m.money.addNote}: ${m.wallet.addressNumber(2)}` }));
    await user.type(receive.getByRole("textbox", { name: m.money.noteNamed(m.wallet.addressNumber(2)) }), "Rent from Erin{Enter}");
    expect(await receive.findByTestId("note")).toHaveTextContent("Rent from Erin");
    const [, label] = backend.calls.find(([command]) => command === "setLabel") ?? [];
    expect(label).toEqual({ wallet: "w1", reference: receive.getByTestId("address").textContent?.replaceAll(/\s/gu, ""), label: "Rent from Erin" });

    backend.answer("label", "For the roof");
    await user.click(receive.getByRole("button", { name: m.wallet.previous }));
    expect(await receive.findByRole("button", { name: `${m.money.changeNote}: ${m.wallet.addressNumber(1)}` })).toBeVisible();
    expect(receive.getByTestId("note")).toHaveTextContent("For the roof");
  });
});

describe("a Bitcoin wallet's later addresses", () => {
  it("are asked for, and the device says why there is none", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ status: verified })] });
    backend.answer("freshAddress", new BackendError("gap_limit", "20 addresses are unused. Use one of them first."));
    await user.click(await screen.findByRole("button", { name: m.wallet.fresh }));
    expect(backend.calls).toContainEqual(["freshAddress", "w1"]);
    expect(await screen.findByRole("alert")).toHaveTextContent("20 addresses are unused.");
  });

  it("are given out one after the other, and earlier ones can be looked at again", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ status: verified, receiveIndex: 1 })] });
    await screen.findByText(m.wallet.addressNumber(2));
    const second = (await screen.findByTestId("address")).textContent;
    expect(second, "the one that the state holds").toBe(active().addresses[0]?.address);
    backend.answer("address", "bc1pfirst");
    await user.click(screen.getByRole("button", { name: m.wallet.previous }));
    expect(backend.calls).toContainEqual(["address", { wallet: "w1", network: "mainnet", change: false, index: 0 }]);
    expect(screen.getByText(m.wallet.addressEarlier(1))).toBeVisible();
    expect((await screen.findByTestId("address")).textContent).toBe("bc1pfirst");
    await user.click(screen.getByRole("button", { name: m.wallet.next }));
    expect(screen.getByText(m.wallet.addressNumber(2))).toBeVisible();
    expect(screen.getByTestId("address").textContent).toBe(second);
  });

  it("that can't be derived leave the current one under its own number", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ status: verified, receiveIndex: 7 })] });
    backend.answer("address", new BackendError("database", "The database can't be read."));
    await user.click(await screen.findByRole("button", { name: m.wallet.previous }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The database can't be read.");
    expect(screen.getByText(m.wallet.addressNumber(8))).toBeVisible();
    expect(screen.getByTestId("address").textContent).toBe(active().addresses[0]?.address);
  });

  it("end with the current one, and the keyboard stays where it is", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ status: verified, receiveIndex: 1 })] });
    const next = await screen.findByRole("button", { name: m.wallet.next });
    await user.click(next);
    expect(next).toHaveFocus();
    expect(next).toHaveAttribute("aria-disabled", "true");
    expect(backend.calls.map(([command]) => command)).not.toContain("address");
  });
});

describe("the safety words", () => {
  it("say with whom to compare them, and are confirmed at once", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet()] });
    const words = await screen.findByTestId("safety-words");
    expect(within(words).getAllByRole("listitem")).toHaveLength(5);
    expect(screen.getByText(m.wallet.verify.call(["bob", "charlie"]))).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.wallet.verify.match }));
    expect(commands(backend)).toEqual([["confirmWords", "w1", true]]);
  });

  it("that are confirmed leave the focus on the page", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet()] });
    await user.click(await screen.findByRole("button", { name: m.wallet.verify.match }));
    backend.publish({ wallets: [wallet({ status: verified })] });
    await screen.findByText(m.wallet.verify.announced);
    expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
  });

  it("that differ put the wallet in quarantine, after a question", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet()] });
    await user.click(await screen.findByRole("button", { name: m.wallet.verify.differ }));
    expect(commands(backend)).toEqual([]);
    expect(screen.getByRole("alertdialog")).toHaveAccessibleDescription(m.wallet.verify.differText);
    await user.click(screen.getByRole("button", { name: m.wallet.verify.differConfirm }));
    expect(commands(backend)).toEqual([["confirmWords", "w1", false]]);
  });
});

describe("the members", () => {
  it("are said to be there or not, as they come and go", async () => {
    const there = (...reachable: ReachableView[]) => ({ wallets: [wallet({ status: verified, reachable })] });
    const { backend, user } = open(atWallet, there());
    await user.click(await screen.findByRole("tab", { name: m.wallet.parts.members }));
    const texts = () => screen.getAllByTestId("presence").map(({ textContent }) => textContent);
    const { away, connecting, direct, relayed } = m.wallet.presence;
    expect(texts(), "of the others, not of this device").toEqual([away, away]);
    backend.publish(there({ device: bob.id, link: "connecting" }, { device: charlie.id, link: "relayed" }));
    await tick();
    expect(texts()).toEqual([connecting, relayed]);
    backend.publish(there({ device: bob.id, link: "direct" }));
    await tick();
    expect(texts()).toEqual([direct, away]);
  });

  it("are named as this device's owner names them, with what they call themselves and whether they are verified", async () => {
    const { user } = open(atWallet, {
      wallets: [wallet()],
      contacts: [contact({ device: { ...bob, name: "Bob’s office" }, verified: true }), contact({ device: charlie })],
    });
    await user.click(await screen.findByRole("tab", { name: m.wallet.parts.members }));
    const [own, first, second] = screen.getAllByTestId("member");
    expect(own).toHaveTextContent(m.device.own);
    expect(first).toHaveTextContent("Bob’s office");
    expect(first).toHaveTextContent(m.wallet.calledItself("bob"));
    expect(first).toHaveTextContent(m.recognition.verified);
    expect(second).toHaveTextContent(m.recognition.known);
    expect(within(first as HTMLElement).getByRole("link", { name: `${m.wallet.openContact}: Bob’s office` })).toBeVisible();
  });
});

describe("the part of a wallet that is looked at", () => {
  it("stays when the device tells its state anew", async () => {
    const { backend } = await openDetails({ wallets: [wallet({ status: verified })] });
    const details = screen.getByRole("tab", { name: m.wallet.parts.details });
    backend.publish(structuredClone(backend.current));
    await tick();
    expect(details).toHaveAttribute("aria-selected", "true");
    expect(screen.getByTestId("group-public-key"), "and so does what it shows").toBeVisible();
  });
});

describe("the details", () => {
  it("hold the words again once they were compared", async () => {
    await openDetails({ wallets: [wallet({ status: verified })] });
    expect(screen.getByTestId("safety-words")).toHaveTextContent("mountain");
  });

  it("hold the certificate to copy and to save", async () => {
    const { backend, user } = await openDetails({ wallets: [wallet({ status: verified })] });
    backend.answer("certificate", '{"members":[]}');
    await user.click(screen.getByRole("button", { name: "Copy Certificate" }));
    await user.click(screen.getByRole("button", { name: "Save Certificate" }));
    expect(commands(backend)).toEqual([
      ["certificate", "w1"],
      ["copyText", '{"members":[]}', false],
      ["certificate", "w1"],
      ["saveText", "Family-savings-certificate.json", '{"members":[]}'],
    ]);
  });

  it("hold the public data and the descriptor as files", async () => {
    const { backend, user } = await openDetails({ wallets: [wallet({ status: verified })] });
    backend.answer("exportWallet", { format: "permafrost-wallet", version: 1 });
    await user.click(screen.getByRole("button", { name: "Save Public data" }));
    await user.click(screen.getByRole("button", { name: "Save Watch-only descriptor" }));
    const told = screen.getByText(m.save.saved("/home/alice/Family-savings-descriptor.txt"));
    expect(told, "to everybody, not to screen readers alone").not.toHaveClass("visually-hidden");
    expect(told).toHaveRole("status");
    const saved = commands(backend).filter(([command]) => command === "saveText");
    expect(saved).toEqual([
      ["saveText", "Family-savings-public.json", '{\n  "format": "permafrost-wallet",\n  "version": 1\n}\n'],
      ["saveText", "Family-savings-descriptor.txt", `${screen.getByTestId("descriptor").textContent}\n`],
    ]);
  });
});

describe("a certificate", () => {
  const check = async (text: string, answer: unknown) => {
    const opened = await openDetails({ wallets: [wallet({ status: verified }), wallet({ id: "w2", name: "Travel fund" })] });
    opened.backend.answer("checkCertificate", answer);
    await opened.user.type(screen.getByRole("textbox", { name: m.wallet.check.field }), text);
    await opened.user.click(screen.getByRole("button", { name: m.wallet.check.submit }));
    return opened;
  };

  it.each([
    ["of this wallet", "w1", m.wallet.check.this],
    ["of another wallet here", "w2", m.wallet.check.other("Travel fund")],
    ["of no wallet here", null, m.wallet.check.none],
  ])("that is genuine and %s says so", async (_, id, text) => {
    const { backend } = await check("proof", certificate({ wallet: id }));
    expect(backend.calls).toContainEqual(["checkCertificate", "proof"]);
    const result = await screen.findByTestId("certificate-valid");
    expect(result).toHaveTextContent(m.wallet.check.valid(3));
    expect(result).toHaveTextContent(text);
    expect(result).toHaveTextContent("lantern");
  });

  it("that is not says what is wrong, and nothing of it is shown", async () => {
    await check("proof", new BackendError("certificate_invalid", "bob’s signature is wrong."));
    expect(await screen.findByRole("alert")).toHaveTextContent("bob’s signature is wrong.");
    expect(screen.queryByTestId("certificate-valid")).toBeNull();
  });

  it("can be a file", async () => {
    const { backend, user } = await openDetails({ wallets: [wallet({ status: verified })] });
    const file = new File(["from a file"], "certificate.json", { type: "application/json" });
    Object.defineProperty(file, "text", { value: () => Promise.resolve("from a file") });
    await user.upload(screen.getByLabelText(m.wallet.check.choose, { selector: "input" }), file);
    expect(await screen.findByTestId("certificate-valid")).toBeVisible();
    expect(backend.calls).toContainEqual(["checkCertificate", "from a file"]);
  });
});

describe("a wallet", () => {
  it("is renamed on this device, with Enter", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ status: verified, name: "Ours", ceremonyName: "Family savings" })] });
    await user.click(await screen.findByRole("button", { name: m.wallet.rename }));
    const field = screen.getByRole("textbox", { name: m.create.name });
    expect(field).toHaveAccessibleDescription(m.wallet.renameText("Family savings"));
    await user.clear(field);
    await user.type(field, "Holiday{Enter}");
    expect(commands(backend)).toEqual([["renameWallet", "w1", "Holiday"]]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("is removed only once its name was typed", async () => {
    const { backend, user } = await openDetails({ wallets: [wallet({ status: verified })] });
    await user.click(screen.getByRole("button", { name: m.wallet.remove }));
    const confirm = screen.getByRole("button", { name: m.wallet.removeConfirm });
    await user.type(screen.getByRole("textbox", { name: m.wallet.removeType("Family savings") }), "family savings");
    expect(confirm, "another name").toBeDisabled();
    await user.clear(screen.getByRole("textbox", { name: m.wallet.removeType("Family savings") }));
    await user.type(screen.getByRole("textbox", { name: m.wallet.removeType("Family savings") }), "Family savings");
    await user.click(confirm);
    expect(commands(backend)).toEqual([["removeWallet", "w1", "Family savings"]]);
  });

  it.each([
    ["enough others remain", 2, [alice, bob, charlie, { ...bob, id: "4" }], m.wallet.removeEnough(2, 3)],
    ["just enough others remain", 2, [alice, bob, charlie], m.wallet.removeExact(2)],
    ["too few others remain", 2, [alice, bob], m.wallet.removeLost(2, 1)],
  ])("says before its removal what is lost when %s", async (_, threshold, members, text) => {
    const { user } = await openDetails({ wallets: [wallet({ status: verified, threshold, members })] });
    await user.click(screen.getByRole("button", { name: m.wallet.remove }));
    expect(screen.getByTestId("what-is-lost")).toHaveTextContent(text);
  });

  it.each([
    ["in quarantine", quarantined],
    ["without its share", unusable],
  ])("that is %s can be removed too", async (_, status) => {
    open(atWallet, { wallets: [wallet({ status })] });
    expect(await screen.findByRole("button", { name: m.wallet.remove })).toBeEnabled();
  });

  it.each([
    ["a wallet in quarantine", quarantined],
    ["a wallet without its share", unusable],
    ["a wallet that can be used", verified],
  ])("says before the removal of %s what is lost and what is known to be in it", async (_, status) => {
    const { user } = open(atWallet, { wallets: [wallet({ status, ledger: ledger() })] });
    if (status === verified) await user.click(await screen.findByRole("tab", { name: m.wallet.parts.details }));
    await user.click(await screen.findByRole("button", { name: m.wallet.remove }));
    const loss = screen.getByTestId("what-is-lost");
    expect(loss).toHaveTextContent(m.wallet.removeExact(2));
    expect(loss).toHaveClass("danger");
    expect(loss.textContent.replaceAll(/\s/gu, "")).toContain("1.22497690");
    expect(within(loss).queryByText(m.wallet.removeQuarantined) !== null).toBe(status === quarantined);
  });

  it("in quarantine shows what is known to be in it, and who can still move it", async () => {
    const { backend } = open(atWallet, { wallets: [wallet({ status: quarantined, ledger: ledger() })] });
    const advice = await screen.findByTestId("quarantined");
    expect(advice).toHaveTextContent(m.wallet.quarantinedSteps.money(2));
    expect(screen.getByTestId("balance").textContent.replaceAll(/\s/gu, "")).toContain("1.19997690");
    backend.publish({ wallets: [wallet({ ciphersuite: "secp256k1", network: null, status: quarantined })] });
    await expect.poll(() => advice.textContent ?? "", { message: "a raw key holds no money" }).not.toContain(m.wallet.quarantinedSteps.money(2));
  });

  it("that was in use is put in quarantine only after a word about what is in it", async () => {
    const { user } = await openDetails({ wallets: [wallet({ status: verified, ledger: ledger() })] });
    await user.click(screen.getByRole("button", { name: m.wallet.verify.differAfterAll }));
    const dialog = screen.getByRole("alertdialog");
    expect(dialog).toHaveTextContent(m.wallet.verify.differInUse(2));
  });

  it("that is unfinished is discarded, only after a question", async () => {
    const { backend, user } = open(atWallet, { wallets: [wallet({ status: { state: "unfinished", missing: ["bob"] } })] });
    await user.click(await screen.findByRole("button", { name: m.wallet.discard }));
    expect(commands(backend)).toEqual([]);
    await user.click(screen.getByRole("button", { name: m.wallet.discardConfirm }));
    expect(commands(backend)).toEqual([["discardWallet", "w1"]]);
  });
});

describe("a drawing of a QR code", () => {
  it("is dark on light, so that readers find it in a dark window too", () => {
    const svg = new DOMParser().parseFromString(qrSvg("bc1pexample"), "image/svg+xml").documentElement;
    expect(svg.querySelector("rect")?.getAttribute("fill")).toBe("#ffffff");
    expect(svg.querySelector("path")?.getAttribute("fill")).toBe("#000000");
  });
});

describe("a file's name", () => {
  it.each([
    ["Family savings", "Family-savings-x"],
    ["../../etc/passwd", "etc-passwd-x"],
    ["Größe: 💰", "Größe-x"],
    ["💰", "wallet-x"],
  ])("of %j is one that every system takes", (name, expected) => {
    expect(fileName(name, "x")).toBe(expected);
  });
});

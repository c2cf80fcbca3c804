import { screen, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";

import { outgoing } from "../src/backend/moneySamples";
import { request, spend } from "../src/backend/requestSamples";
import { active, addressAt, ledger, settings, wallet } from "../src/backend/samples";
import type { Snapshot } from "../src/bindings/Snapshot";
import { decimalOf, rateOf, satsOf, typed, typedDecimal } from "../src/flows/send/amounts";
import { m, setLanguage } from "../src/messages";
import { decimalIn } from "../src/messages/decimal";
import type { Route } from "../src/navigation";
import { atWallet, home, open } from "./app";

const sending: Route = { screen: "sendBitcoin", wallet: "w1" };
const to = addressAt("mainnet", 7);
const inSatoshi = settings({ bitcoinUnit: "sat" });
const having = (change: Partial<Snapshot> = {}): Partial<Snapshot> => ({
  wallets: [wallet({ status: active({ verified: true }), ledger: ledger({ transactions: [outgoing()], transactionCount: 1 }) })],
  ...change,
});

const field = (name: string) => screen.findByRole("textbox", { name });

describe("the unit of bitcoin", () => {
  it("is chosen in the settings", async () => {
    const { backend, user } = open({ screen: "settings", section: "general" });
    const choice = await screen.findByLabelText(m.settings.unit.label);
    expect(choice).toHaveDisplayValue(m.settings.unit.btc);
    await user.selectOptions(choice, m.settings.unit.sat);
    expect(backend.calls).toEqual([["setPreferences", { bitcoinUnit: "sat" }]]);
    expect(choice).toHaveDisplayValue(m.settings.unit.sat);
  });

  it("comes first wherever an amount stands, and alone where there is room for one", async () => {
    const { backend, user } = open(atWallet, having());
    const balance = await screen.findByTestId("balance");
    expect(balance).toHaveTextContent(/1.19 997 690 BTC 119,997,690 sat/);
    backend.prefer({ bitcoinUnit: "sat" });
    await expect.poll(() => balance.textContent).toMatch(/119,997,690 sat\s+1.19\u202f997\u202f690 BTC/);
    await user.click(screen.getByRole("tab", { name: m.wallet.parts.history }));
    const paid = within(await screen.findByRole("list", { name: m.wallet.parts.history })).getByRole("listitem");
    expect(paid).toHaveTextContent("−1,250,422 sat");
    expect(paid).toHaveTextContent(m.money.fee("422 sat"));
  });

  it("is that of cards and lists", async () => {
    const meaning = spend({ sent: 2_500_000 });
    const { unmount } = open(home, having({ settings: inSatoshi }));
    expect(await screen.findByText(/119,997,690 sat/)).not.toHaveTextContent("BTC");
    unmount();
    open({ screen: "requests" }, having({ settings: inSatoshi, requests: [request({ meaning })] }));
    expect(await screen.findByTestId("request")).toHaveTextContent("2,500,000 sat");
  });
});

describe("a payment in satoshi", () => {
  it("is typed in satoshi, with what that is in bitcoin below", async () => {
    const { backend, user } = open(sending, having({ settings: inSatoshi }));
    await user.click(await field(m.sendBitcoin.to));
    await user.paste(to);
    expect(screen.getByRole("combobox", { name: m.sendBitcoin.unit })).toHaveDisplayValue(m.sendBitcoin.units.sat);
    const amount = await field(m.sendBitcoin.amount);
    expect(amount).toHaveAccessibleDescription(m.sendBitcoin.available("90,000,000 sat"));
    await user.type(amount, "0.02");
    await user.click(screen.getByRole("button", { name: m.sendBitcoin.review }));
    expect(amount, "bitcoin is not taken for satoshi").toHaveAccessibleDescription(expect.stringContaining(m.sendBitcoin.amountWrong.sat));
    await user.clear(amount);
    await user.type(amount, "2,000,000");
    expect(amount).toHaveAccessibleDescription(expect.stringMatching(/0.02\s000\s000 BTC/));
    await user.click(screen.getByRole("button", { name: m.sendBitcoin.review }));
    expect(backend.calls).toContainEqual(["draftBitcoinPayment", { wallet: "w1", recipients: [{ address: to, amount: 2_000_000 }], feeRate: 6.5, coins: [] }]);
  });

  it("that is asked for in bitcoin is converted to the last satoshi", async () => {
    const { user } = open(sending, having({ settings: inSatoshi }));
    await user.click(await field(m.sendBitcoin.to));
    await user.paste(`bitcoin:${to}?amount=0.29000001`);
    await screen.findByDisplayValue("29000001");
  });

  it("stays what it is when another unit is chosen meanwhile", async () => {
    const { backend, user } = open(sending, having());
    const amount = await field(m.sendBitcoin.amount);
    await user.type(amount, "0.0");
    backend.prefer({ bitcoinUnit: "sat" });
    await user.type(amount, "2");
    expect(amount, "the keys that follow mean what they meant").toHaveValue("0.02");
    expect(screen.getByRole("combobox", { name: m.sendBitcoin.unit })).toHaveDisplayValue(m.sendBitcoin.units.btc);
    expect(amount).toHaveAccessibleDescription(expect.stringContaining("2,000,000 sat"));
  });

  it("is not made of what was no amount in the other unit", async () => {
    const { user } = open(sending, having());
    const amount = await field(m.sendBitcoin.amount);
    await user.type(amount, "1,000");
    await user.selectOptions(screen.getByRole("combobox", { name: m.sendBitcoin.unit }), m.sendBitcoin.units.sat);
    expect(amount).toHaveValue("");
  });
});

describe("amounts and rates as they are typed", () => {
  afterEach(() => setLanguage("en"));

  it("are exact, and nothing that could be meant otherwise is taken", () => {
    expect(satsOf("0.1", "btc")).toBe(10_000_000);
    expect(satsOf("0.29000001", "btc"), "which has no exact floating-point number").toBe(29_000_001);
    expect(satsOf(".00000001", "btc")).toBe(1);
    expect(satsOf("21000000", "btc")).toBe(2_100_000_000_000_000);
    expect(satsOf("20999999.99999999", "btc")).toBe(2_099_999_999_999_999);
    expect(satsOf("1500", "sat")).toBe(1_500);
    for (const wrong of ["", ".", "BTC", "-1", "1e3", "1,000", "0,5", "0.000000001", "21000001", "1 00", "0x10", "1500 sat", "1.000.5"]) {
      expect(satsOf(wrong, "btc"), wrong).toBeUndefined();
    }
    for (const wrong of ["", "1.5", "1.500", "1.", "0.02", "0,125", "15,00", "1,500 000", "1 BTC", "2100000000000001"]) expect(satsOf(wrong, "sat"), wrong).toBeUndefined();
    expect(rateOf("1.25")).toBe(1.25);
    for (const wrong of ["", ".", "0", "10001", "1,000", "-2", "fast"]) expect(rateOf(wrong), wrong).toBeUndefined();
  });

  it("may stand in groups, as they are shown", () => {
    for (const text of ["1,250,000", "1 250 000", "1\u202f250\u202f000", "1,250,000 sat", "1250000sats"]) expect(satsOf(text, "sat"), text).toBe(1_250_000);
    for (const text of ["0.01\u202f250\u202f000", "0.01 250 000", "0.01\u202f250\u202f000 BTC", "0.0125 btc"]) expect(satsOf(text, "btc"), text).toBe(1_250_000);
    for (const text of ["1,000.5", "1 000.5", "1,000.50 000 000 BTC"]) expect(satsOf(text, "btc"), text).toBe(100_050_000_000);
    expect(satsOf("1 000", "btc")).toBe(100_000_000_000);
  });

  it("are typed again as they were, with the language’s comma", () => {
    expect(typed(2_000_000, "btc")).toBe("0.02");
    expect(typed(100_000_000, "btc")).toBe("1");
    expect(typed(2_000_000, "sat")).toBe("2000000");
    setLanguage("de");
    expect(typed(2_000_000, "btc")).toBe("0,02");
  });

  it("of other coins have as many decimals as they are typed with", () => {
    for (const [text, amount] of [["1.25", "1.25"], [" 0.000000001 ", "0.000000001"], [".5", "0.5"], ["1,204.5", "1204.5"], ["1 204", "1204"], ["007", "007"]] as const) {
      expect(decimalOf(text), text).toBe(amount);
    }
    for (const wrong of ["", ".", "-1", "1e3", "1,5", "1,204", "1.2.3", "1 SOL", "1.000 001", "0x10"]) expect(decimalOf(wrong), wrong).toBeUndefined();
    expect(typedDecimal("1204.5")).toBe("1204.5");
    setLanguage("de");
    for (const text of ["1,25", "1.25"]) expect(decimalOf(text), text).toBe("1.25");
    expect(decimalOf("1.204,5")).toBe("1204.5");
    expect(decimalOf("1.250"), "more than a thousand, or little more than one").toBeUndefined();
    for (const wrong of ["1.250.", "1.250.5", "1.250.000"]) {
      expect(decimalOf(wrong), wrong).toBeUndefined();
      expect(satsOf(wrong, "btc"), wrong).toBeUndefined();
    }
    expect(typedDecimal("1204.5")).toBe("1204,5");
  });

  it("are written as the language does, to the last digit", () => {
    const numbers = ["0", "1204.5", "12.345678901", "18446744073709551615", "0.000000001"];
    expect(numbers.map(decimalIn("en"))).toEqual(["0", "1\u202f204.5", "12.345678901", "18\u202f446\u202f744\u202f073\u202f709\u202f551\u202f615", "0.000000001"]);
    expect(numbers.map(decimalIn("de"))).toEqual(["0", "1\u202f204,5", "12,345678901", "18\u202f446\u202f744\u202f073\u202f709\u202f551\u202f615", "0,000000001"]);
    for (const number of [...numbers, "1204", "1000000"]) expect(decimalOf(decimalIn("en")(number)), "what is shown can be typed").toBe(number);
    expect(decimalIn("de")("1204"), "nor is it what 1.204 is in English").not.toBe("1.204");
    expect(decimalIn("de")("?"), "what is no number stays as it is").toBe("?");
  });

  it("are read as the language writes them", () => {
    setLanguage("de");
    for (const text of ["0,02", "0.02", "0,02\u202f000\u202f000"]) expect(satsOf(text, "btc"), text).toBe(2_000_000);
    expect(satsOf("1.000,5", "btc")).toBe(100_050_000_000);
    expect(satsOf("1.250", "sat")).toBe(1_250);
    expect(satsOf("1.250", "btc"), "a count of satoshi looks like that").toBeUndefined();
    for (const wrong of ["0.125", "1,250", "0,02"]) expect(satsOf(wrong, "sat"), wrong).toBeUndefined();
  });
});

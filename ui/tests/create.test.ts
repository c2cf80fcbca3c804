import { screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { proposal, session, wallet } from "../src/backend/samples";
import { consequences, type CreateForm, emptyForm, formOf, networkOf, parse } from "../src/flows/create/form";
import { m } from "../src/messages";
import { open } from "./app";

const form = (change: Partial<CreateForm>): CreateForm => ({ ...emptyForm, name: "Savings", ...change });
const errors = (change: Partial<CreateForm>) => {
  const parsed = parse(form(change));
  return "errors" in parsed ? parsed.errors : {};
};
const meaning = (threshold: number | null, participants: number | null) => consequences(form({ threshold, participants }));

describe("what a threshold means", () => {
  it("for 2 of 3: one may be lost, two that meet can take everything", () => {
    expect(meaning(2, 3)).toEqual({
      can: "Any 2 of the 3 devices can spend. One alone cannot.",
      loss: "You can lose 1 device. If you lose 2, the money is gone.",
      theft: "Whoever gets hold of 2 devices can take the money.",
      warning: undefined,
    });
  });

  it("for 4 of 7: three can't spend, three may be lost", () => {
    expect(meaning(4, 7)).toMatchObject({
      can: "Any 4 of the 7 devices can spend. Only 3 cannot.",
      loss: "You can lose 3 devices. If you lose 4, the money is gone.",
    });
  });

  it("is about signing where there is no money", () => {
    const { can, loss, theft } = consequences(form({ ciphersuite: "secp256k1" })) ?? {};
    for (const sentence of [can, loss, theft]) expect(sentence).not.toMatch(/spend|money/);
  });

  it.each([
    [2, 2, m.meaning.noSpare(2)],
    [5, 5, m.meaning.noSpare(5)],
    [2, 5, m.meaning.fewOfMany(2, 5)],
    [3, 8, m.meaning.fewOfMany(3, 8)],
    [2, 50, m.meaning.fewOfMany(2, 50)],
    [2, 4, undefined],
    [3, 7, undefined],
    [4, 10, undefined],
    [26, 50, undefined],
  ])("of %i of %i comes with a warning where it is unwise", (threshold, participants, warning) => {
    expect(meaning(threshold, participants)?.warning).toBe(warning);
  });

  it.each([
    [1, 3],
    [4, 3],
    [2, 1],
    [2, 51],
    [null, 3],
    [2, null],
    [2.5, 3],
  ])("is not said of %s of %s", (threshold, participants) => {
    expect(meaning(threshold, participants)).toBeUndefined();
  });
});

describe("the form for a wallet", () => {
  it("becomes a request, with the spaces around the name gone", () => {
    expect(parse(form({ name: "  Savings ", ciphersuite: "ed25519", participants: 5, threshold: 3, announce: true }))).toEqual({
      request: { name: "Savings", ciphersuite: "ed25519", network: "mainnet", participants: 5, threshold: 3, announce: true },
    });
  });

  it("makes the same wallet again, on the same network", () => {
    const again = formOf(proposal({ ciphersuite: "ed25519", network: "devnet" }), true);
    expect(parse(again)).toEqual({
      request: { name: "Family savings", ciphersuite: "ed25519", network: "devnet", participants: 3, threshold: 2, announce: true },
    });
  });

  it.each([
    ["secp256k1-tr", "signet", "signet"],
    ["ed25519", "signet", "mainnet"],
    ["secp256k1", "signet", null],
    ["secp256k1-tr", null, "mainnet"],
  ] as const)("for %s with %s chosen is on %s", (ciphersuite, network, expected) => {
    expect(networkOf(form({ ciphersuite, network }))).toBe(expected);
  });

  it("wants a name", () => {
    expect(errors({ name: "   " })).toEqual({ name: m.create.nameMissing });
  });

  it("counts characters as people do", () => {
    expect(errors({ name: "❄".repeat(60) })).toEqual({});
    expect(errors({ name: "🧊".repeat(60) })).toEqual({});
    expect(errors({ name: "a".repeat(61) })).toEqual({ name: m.create.nameTooLong(60) });
  });

  it.each([[1], [51], [null], [2.5]])("refuses %s devices", (participants) => {
    expect(errors({ participants })).toEqual({ participants: m.create.peopleRange(2, 50) });
  });

  it.each([[1], [4], [null]])("refuses a threshold of %s among 3", (threshold) => {
    expect(errors({ threshold })).toEqual({ threshold: m.create.thresholdRange(3) });
  });
});

describe("creating a wallet", () => {
  it("sends what was chosen and goes to the session", async () => {
    const { backend, user } = open({ screen: "create" });
    backend.answer("createSession", "s1");
    await user.type(await screen.findByRole("textbox", { name: "Wallet name" }), "Holiday");
    await user.click(screen.getByRole("radio", { name: "Solana" }));
    await user.click(screen.getByRole("button", { name: "Devices that hold a share: one more" }));
    await user.click(screen.getByRole("button", { name: "Devices needed to sign: one more" }));
    expect(screen.getByText(/^Any 3 of the 4 devices can spend/)).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: m.create.announce }));
    await user.click(screen.getByRole("button", { name: "Create session" }));
    expect(backend.calls).toContainEqual([
      "createSession",
      { name: "Holiday", ciphersuite: "ed25519", network: "mainnet", participants: 4, threshold: 3, announce: true },
    ]);
    expect(location.hash).toBe("#/session/s1");
    expect(await screen.findByText(m.session.loading), "until the session is in a snapshot").toBeVisible();
    backend.publish({ sessions: [session()] });
    expect(await screen.findByTestId("session-id")).toBeVisible();
  });

  it("marks what is wrong and goes there", async () => {
    const { backend, user } = open({ screen: "create" });
    await user.click(await screen.findByRole("button", { name: "Create session" }));
    const name = screen.getByRole("textbox", { name: "Wallet name" });
    expect(name).toBeInvalid();
    expect(name).toHaveFocus();
    expect(name).toHaveAccessibleDescription(expect.stringContaining(m.create.nameMissing));
    expect(backend.calls.map(([command]) => command)).not.toContain("createSession");
  });

  it("lowers a threshold that nobody could reach any more", async () => {
    const { user } = open({ screen: "create" });
    await user.click(await screen.findByRole("button", { name: "Devices needed to sign: one more" }));
    await user.click(screen.getByRole("button", { name: "Devices that hold a share: one fewer" }));
    expect(screen.getByRole("spinbutton", { name: "Devices needed to sign" })).toHaveValue(2);
    expect(screen.getByTestId("meaning")).toHaveTextContent(m.meaning.noSpare(2));
  });

  it("says what the device answered when it did not work, and keeps the form", async () => {
    const { backend, user } = open({ screen: "create" });
    backend.answer("createSession", new BackendError("too_many_sessions", "8 sessions are running."));
    await user.type(await screen.findByRole("textbox", { name: "Wallet name" }), "Holiday{Enter}");
    expect(await screen.findByTestId("create-error")).toHaveTextContent("8 sessions are running.");
    expect(screen.getByRole("textbox", { name: "Wallet name" })).toHaveValue("Holiday");
  });

  it("needs a server", async () => {
    open({ screen: "create" }, { server: { url: null, status: { state: "idle" } } });
    expect(await screen.findByText(m.server.noneText)).toBeVisible();
    expect(screen.getByRole("button", { name: "Create session" })).toBeDisabled();
  });

  it("offers a test network only on request, and then says what it is", async () => {
    const { backend, user } = open({ screen: "create" });
    await user.type(await screen.findByRole("textbox", { name: "Wallet name" }), "Trial");
    expect(screen.queryByRole("combobox", { name: m.create.network })).toBeNull();
    await user.click(screen.getByRole("button", { name: m.create.useTestNetwork }));
    const network = screen.getByRole("combobox", { name: m.create.network });
    expect(network).toHaveFocus();
    expect(network, "a test network was asked for").toHaveValue("testnet4");
    expect(screen.getByTestId("network")).toHaveTextContent(m.networks.testText);
    expect(within(network).getAllByRole("option").map(({ textContent }) => textContent)).toEqual(["Main network", "Testnet4", "Signet", "Regtest"]);
    await user.selectOptions(network, "signet");
    expect(screen.getByTestId("network")).toHaveTextContent(m.networks.testText);
    await user.click(screen.getByRole("button", { name: "Create session" }));
    expect(backend.calls).toContainEqual(["createSession", expect.objectContaining({ name: "Trial", network: "signet" })]);
  });

  it("has no network for raw keys", async () => {
    const { user } = open({ screen: "create" });
    await user.click(await screen.findByRole("radio", { name: "Raw keys" }));
    expect(screen.queryByTestId("network")).toBeNull();
  });

  it("points out a name that this device has already", async () => {
    const { user } = open({ screen: "create" }, { wallets: [wallet()] });
    const name = await screen.findByRole("textbox", { name: "Wallet name" });
    await user.type(name, "Family savings");
    expect(name).toHaveAccessibleDescription(m.create.nameUsed);
  });

  it("keeps the keyboard on a button that can't go further", async () => {
    const { user } = open({ screen: "create" });
    const fewer = await screen.findByRole("button", { name: "Devices that hold a share: one fewer" });
    await user.click(fewer);
    expect(screen.getByRole("spinbutton", { name: "Devices that hold a share" })).toHaveValue(2);
    expect(fewer).toHaveAttribute("aria-disabled", "true");
    expect(fewer).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(screen.getByRole("spinbutton", { name: "Devices that hold a share" })).toHaveValue(2);
  });
});

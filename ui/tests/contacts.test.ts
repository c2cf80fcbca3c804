import { screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { bob, charlie, contact, device, wallet } from "../src/backend/samples";
import { matching } from "../src/flows/contacts/contacts";
import { m } from "../src/messages";
import type { Route } from "../src/navigation";
import { open } from "./app";

const list: Route = { screen: "contacts" };
const atBob: Route = { screen: "contacts", device: bob.id };
const known = contact({ wallets: ["w1"] });

describe("contacts", () => {
  it("that there are none of says how one gets some", async () => {
    open(list);
    expect(await screen.findByText(m.contacts.noneText)).toBeVisible();
  });

  it("say whether they are verified, and what they call themselves", async () => {
    open(list, { contacts: [contact({ verified: true }), contact({ device: { ...charlie, name: "Charlie (office)" }, claimedName: "charlie" })] });
    const rows = within(await screen.findByRole("list", { name: m.contacts.title })).getAllByRole("listitem");
    expect(rows[0]).toHaveTextContent(m.contacts.verified);
    expect(rows[1]).toHaveTextContent(m.contacts.unverified);
    expect(rows[1]).toHaveTextContent("calls itself charlie");
  });

  it("are searched when there are many, by any of their names", async () => {
    const many = Array.from({ length: 9 }, (_, index) => contact({ device: device(`device ${index}`, index + 5) }));
    const { user } = open(list, { contacts: [...many, contact({ device: { ...charlie, name: "Office" }, claimedName: "charlie" })] });
    await user.type(await screen.findByRole("searchbox", { name: m.contacts.search }), "CHAR");
    expect(screen.getAllByRole("link", { name: /Office/ })).toHaveLength(1);
    expect(screen.queryByRole("link", { name: /device 1/ })).toBeNull();
    await user.type(screen.getByRole("searchbox"), "zzz");
    expect(screen.getByText(m.contacts.noMatch("CHARzzz"))).toBeVisible();
  });

  it("are found by their words too", () => {
    expect(matching([known], bob.fingerprint.slice(0, 2).join(" "))).toEqual([known]);
    expect(matching([known], "  ")).toEqual([known]);
    expect(matching([known], "alice")).toEqual([]);
  });

  it("lead to a page of their own and back", async () => {
    const { user } = open(list, { contacts: [known] });
    await user.click(await screen.findByRole("link", { name: /bob/ }));
    expect(screen.getByRole("heading", { level: 1, name: "bob" })).toHaveFocus();
    const back = within(screen.getByRole("navigation", { name: m.contacts.title })).getByRole("link");
    await user.click(back);
    expect(screen.getByRole("heading", { level: 1, name: m.contacts.title })).toHaveFocus();
  });
});

describe("a contact", () => {
  it("is verified after its words were compared, and can be unverified", async () => {
    const { backend, user } = open(atBob, { contacts: [known] });
    const words = within(await screen.findByTestId("contact-fingerprint")).getAllByRole("listitem");
    expect(words.map((word) => word.textContent)).toEqual(bob.fingerprint);
    expect(screen.getByText(m.contacts.compareText)).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.contacts.verify }));
    backend.publish({ contacts: [{ ...known, verified: true }] });
    expect(await screen.findByText(m.contacts.comparedText)).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.contacts.unverify }));
    expect(backend.calls).toEqual([
      ["verifyContact", bob.id, true],
      ["verifyContact", bob.id, false],
    ]);
  });

  it("is given a name, which may not be another's", async () => {
    const { backend, user } = open(atBob, { contacts: [known] });
    backend.answer("renameContact", new BackendError("name_taken", "Another device is already called “charlie”."));
    await user.click(await screen.findByRole("button", { name: m.device.rename }));
    const field = screen.getByRole("textbox", { name: m.contacts.name });
    await user.clear(field);
    await user.type(field, " charlie {Enter}");
    expect(backend.calls).toEqual([["renameContact", bob.id, "charlie"]]);
    expect(await screen.findByRole("alert")).toHaveTextContent("already called “charlie”");
    await user.keyboard("{Escape}");
    expect(screen.getByRole("button", { name: m.device.rename })).toHaveFocus();
  });

  it("names the wallets in common", async () => {
    const { user } = open(atBob, { contacts: [known], wallets: [wallet()] });
    await screen.findByRole("heading", { level: 1, name: "bob" });
    await user.click(within(screen.getByRole("main")).getByRole("link", { name: "Family savings" }));
    expect(screen.getByRole("heading", { level: 1, name: "Family savings" })).toBeVisible();
  });

  it("is forgotten after a question that says what stays", async () => {
    const { backend, user } = open(atBob, { contacts: [known], wallets: [wallet()] });
    await user.click(await screen.findByRole("button", { name: m.contacts.forget }));
    const dialog = screen.getByRole("alertdialog");
    expect(dialog).toHaveAccessibleDescription(m.contacts.forgetMemberText);
    await user.click(within(dialog).getByRole("button", { name: m.contacts.forget }));
    expect(backend.calls).toEqual([["forgetContact", bob.id]]);
    expect(await screen.findByRole("heading", { level: 1, name: m.contacts.title })).toBeVisible();
  });

  it("that is gone says so", async () => {
    open(atBob);
    expect(await screen.findByRole("heading", { level: 1, name: m.contacts.gone })).toBeVisible();
  });
});

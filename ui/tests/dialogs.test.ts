import { screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { request } from "../src/backend/requestSamples";
import { active, contact, session, settings, wallet } from "../src/backend/samples";
import { m } from "../src/messages";
import { home, open } from "./app";

describe("a dialog", () => {
  it("has the focus in its first field, and gives it back", async () => {
    const { user } = open({ screen: "settings", section: "network" });
    const add = await screen.findByRole("button", { name: m.ice.add });
    await user.click(add);
    await expect.poll(() => document.activeElement).toBe(screen.getByRole("textbox", { name: m.ice.url }));
    await user.keyboard("{Escape}");
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
    await expect.poll(() => document.activeElement).toBe(add);
  });
});

describe("what goes away while it has the focus", () => {
  it("leaves it to what contained it, and to no other button", async () => {
    const known = contact();
    const { backend, user } = open({ screen: "contacts", device: known.device.id }, { contacts: [known] });
    await user.click(await screen.findByRole("button", { name: m.contacts.verify }));
    backend.publish({ contacts: [{ ...known, verified: true }] });
    await screen.findByText(m.contacts.comparedText);
    await expect.poll(() => document.activeElement).not.toBe(document.body);
    expect(screen.getByRole("main")).toContainElement(document.activeElement as HTMLElement);
    expect(document.activeElement).not.toBeInstanceOf(HTMLButtonElement);
  });

  it("leaves it there too when it goes while a dialog is open", async () => {
    const server = { url: "stun:a.example.org", username: null, hasCredential: false };
    const { backend, user } = open({ screen: "settings", section: "network" }, { settings: settings({ iceServers: [server] }) });
    await user.click(await screen.findByRole("button", { name: m.ice.removeNamed(server.url) }));
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: m.ice.remove }));
    backend.publish({ settings: settings() });
    await expect.poll(() => screen.queryByText(server.url)).toBeNull();
    await expect.poll(() => document.activeElement).not.toBe(document.body);
    expect(screen.getByRole("main")).toContainElement(document.activeElement as HTMLElement);
  });
});

describe("a question", () => {
  it("has the focus on the safe way out, and gives it back", async () => {
    const server = { url: "stun:a.example.org", username: null, hasCredential: false };
    const { user } = open({ screen: "settings", section: "network" }, { settings: settings({ iceServers: [server] }) });
    const remove = await screen.findByRole("button", { name: m.ice.removeNamed(server.url) });
    await user.click(remove);
    const cancel = within(screen.getByRole("alertdialog")).getByRole("button", { name: m.app.cancel });
    await expect.poll(() => document.activeElement).toBe(cancel);
    await user.click(cancel);
    await expect.poll(() => screen.queryByRole("alertdialog")).toBeNull();
    await expect.poll(() => document.activeElement).toBe(remove);
  });

  it("in which something can be written has the focus there, so that nothing typed is lost", async () => {
    const { user } = open({ screen: "requests", id: "q1" }, { wallets: [wallet({ status: active({ verified: true }) })], requests: [request()] });
    await user.click(await screen.findByRole("button", { name: m.requests.reject }));
    const reason = within(screen.getByRole("alertdialog")).getByRole("textbox", { name: m.requests.rejectReason });
    await expect.poll(() => document.activeElement).toBe(reason);
    await user.keyboard("Wrong date");
    expect(reason).toHaveValue("Wrong date");
  });

  it("that the desktop asks gives the focus back to where it was", async () => {
    const { backend, user } = open(home, { sessions: [session()] });
    const heading = await screen.findByRole("heading", { level: 1 });
    heading.focus();
    backend.ring({ kind: "closeRequested" });
    await user.click(await screen.findByRole("button", { name: m.close.stay }));
    await expect.poll(() => document.activeElement).toBe(heading);
  });
});

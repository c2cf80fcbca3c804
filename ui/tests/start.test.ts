import { fireEvent, render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import App from "../src/App.svelte";
import { BackendError } from "../src/backend";
import { FakeBackend } from "../src/backend/fake";
import { failure, keystore, settings, snapshot } from "../src/backend/samples";
import type { KeystoreView } from "../src/bindings/KeystoreView";
import { m } from "../src/messages";
import { home, open } from "./app";

const fresh = { settings: settings({ setUp: false }), server: { url: null, status: { state: "idle" } } as const };
/** A moment in which everything that was to happen has happened. */
const settled = () => new Promise((done) => setTimeout(done));
const next = () => screen.getByRole("button", { name: m.setup.next });

describe("the first start", () => {
  it("asks for a name, for a place to meet, and shows where keys are kept", async () => {
    const { backend, user } = open(home, fresh);
    expect(await screen.findByText(m.setup.step(1, 3))).toBeVisible();
    const name = screen.getByRole("textbox", { name: m.device.name });
    expect(name).toHaveValue("alice");
    expect(name, "it is what is filled in first").toHaveFocus();
    await user.clear(name);
    await user.type(name, "Alice’s laptop{Enter}");
    expect(screen.getByRole("heading", { level: 1, name: m.setup.meeting.title })).toHaveFocus();
    await user.type(screen.getByRole("textbox", { name: m.server.url }), "wss://signal.example.org{Enter}");
    expect(await screen.findByTestId("setup-keystore-open")).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.setup.finish }));
    expect(backend.calls).toEqual([
      ["setDeviceName", "Alice’s laptop"],
      ["setServer", "wss://signal.example.org"],
      ["tryServer"],
      ["finishSetup"],
    ]);
    expect(await screen.findByRole("heading", { level: 1, name: m.home.title })).toBeVisible();
  });

  it("says when the server can’t be reached, whose address can be mended or kept", async () => {
    const { backend, user } = open(home, fresh);
    await screen.findByText(m.setup.step(1, 3));
    await user.click(next());
    backend.answer("tryServer", new BackendError("server_unreachable", "Nothing answers there."));
    const field = screen.getByRole("textbox", { name: m.server.url });
    await user.type(field, "wss://signal.example.org{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Nothing answers there.");
    expect(screen.getByRole("button", { name: m.setup.meeting.anyway })).toBeVisible();
    await user.type(field, ":8443");
    expect(screen.queryByRole("alert")).toBeNull();
    await user.click(next());
    await screen.findByRole("alert");
    await user.click(screen.getByRole("button", { name: m.setup.meeting.anyway }));
    expect(await screen.findByTestId("setup-keystore-open")).toBeVisible();
    expect(backend.calls).toEqual([
      ["setServer", "wss://signal.example.org"],
      ["tryServer"],
      ["setServer", "wss://signal.example.org:8443"],
      ["tryServer"],
    ]);
  });

  it("can be skipped at once", async () => {
    const { backend, user } = open(home, fresh);
    await user.click(await screen.findByTestId("setup-skip"));
    expect(backend.calls).toEqual([["finishSetup"]]);
    expect(await screen.findByRole("heading", { level: 1, name: m.home.title })).toBeVisible();
  });

  it("goes back without losing what was entered, and changes nothing that stays", async () => {
    const { backend, user } = open(home, fresh);
    await screen.findByText(m.setup.step(1, 3));
    await user.click(next());
    await user.click(screen.getByRole("button", { name: m.setup.back }));
    expect(screen.getByRole("heading", { level: 1, name: m.setup.name.title })).toHaveFocus();
    expect(backend.calls, "the name is the one it has").toEqual([]);
  });

  it("refuses a wrong address before it is sent, and leaves the server for later if wanted", async () => {
    const { backend, user } = open(home, fresh);
    await screen.findByText(m.setup.step(1, 3));
    await user.click(next());
    await user.type(screen.getByRole("textbox", { name: m.server.url }), "example.org{Enter}");
    expect(screen.getByRole("alert")).toHaveTextContent(m.server.malformed);
    await user.click(screen.getByRole("radio", { name: m.setup.meeting.later.name }));
    await user.click(next());
    expect(await screen.findByText(m.setup.step(3, 3))).toBeVisible();
    expect(backend.calls).toEqual([]);
  });

  it("hosts a server here, and shows its address before it goes on", async () => {
    const { backend, user } = open(home, fresh);
    await screen.findByText(m.setup.step(1, 3));
    await user.click(next());
    await user.click(screen.getByRole("radio", { name: m.setup.meeting.host.name }));
    await user.click(screen.getByRole("button", { name: m.hosting.start }));
    expect(backend.calls).toEqual([["host", 9710]]);
    const url = "ws://192.168.1.20:9710";
    backend.publish({ hosting: { state: "on", port: 9710, urls: [url], localOnly: false } });
    expect(await screen.findByTestId("hosting-url")).toHaveTextContent(url);
    await user.click(next());
    expect(await screen.findByText(m.setup.step(3, 3))).toBeVisible();
  });

  it("asks for another port when the usual one is taken", async () => {
    const { backend, user } = open(home, fresh);
    await screen.findByText(m.setup.step(1, 3));
    await user.click(next());
    await user.click(screen.getByRole("radio", { name: m.setup.meeting.host.name }));
    backend.answer("host", new BackendError("port_taken", "Another program uses port 9710."));
    await user.click(screen.getByRole("button", { name: m.hosting.start }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Another program uses port 9710.");
    const port = screen.getByRole("textbox", { name: m.hosting.port });
    await user.clear(port);
    await user.type(port, "97100");
    await user.click(screen.getByRole("button", { name: m.hosting.start }));
    expect(screen.getByText(m.hosting.portMalformed)).toBeVisible();
    await user.clear(port);
    await user.type(port, "9711");
    await user.click(screen.getByRole("button", { name: m.hosting.start }));
    expect(backend.calls).toEqual([["host", 9710], ["host", 9711]]);
  });

  const closed: [string, KeystoreView, string][] = [
    ["has no keychain", { kind: "os", status: { state: "unavailable", error: failure("keystore_missing", "There is no keychain.") }, canSwitch: true }, "There is no keychain."],
    ["has a vault yet to be made", { kind: "vault", status: { state: "needsPassphrase", fresh: true }, canSwitch: true }, m.keystore.freshTitle],
  ];
  it.each(closed)("helps where the system %s, and lets one see to it later", async (_, keystore, text) => {
    const { backend, user } = open(home, { ...fresh, keystore, server: { url: "ws://a:1", status: { state: "idle" } } });
    await screen.findByText(m.setup.step(1, 3));
    await user.click(next());
    await user.click(next());
    expect(await screen.findByText(text)).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.setup.finishLater }));
    expect(backend.calls).toEqual([["finishSetup"]]);
  });

  it("can restore a backup instead", async () => {
    const { user } = open(home, fresh);
    await user.click(await screen.findByRole("button", { name: m.setup.restore }));
    expect(screen.getByRole("heading", { level: 1, name: m.restore.title })).toHaveFocus();
    await user.click(screen.getByRole("button", { name: m.setup.restoreBack }));
    expect(screen.getByRole("heading", { level: 1, name: m.setup.name.title })).toBeVisible();
  });

  it("offers the vault where the keychain is open, with what that means", async () => {
    const { backend, user } = open(home, { ...fresh, keystore: keystore({ canSwitch: true }), server: { url: "ws://a:1", status: { state: "idle" } } });
    await screen.findByText(m.setup.step(1, 3));
    await user.click(next());
    await user.click(next());
    expect(await screen.findByText(m.keystore.choose.os, { exact: false })).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.keystore.switch.vault.action }));
    const dialog = screen.getByRole("alertdialog", { name: m.keystore.switch.vault.title });
    expect(dialog).toHaveTextContent(m.keystore.switch.identity);
    expect(backend.calls).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: m.keystore.switch.vault.action }));
    expect(backend.calls).toEqual([["useKeystore", "vault"]]);
    backend.publish({ keystore: keystore({ kind: "vault", status: { state: "needsPassphrase", fresh: true }, canSwitch: true }) });
    expect(await screen.findByText(m.keystore.freshTitle)).toBeVisible();
  });

  const pasted = { clipboardData: { types: ["text/plain"], files: [], getData: () => "Join us: pf1abc" } };
  const dragged = { dataTransfer: { types: ["text/plain"], files: [], dropEffect: "none", getData: () => "pf1abc" } };
  it.each<[string, (backend: FakeBackend) => unknown]>([
    ["opened as a link", (backend) => backend.ring({ kind: "openLink", text: "pf1abc" })],
    ["pasted", () => fireEvent.paste(document.body, pasted)],
    ["dropped", async () => {
      await fireEvent.dragEnter(document.body, dragged);
      await fireEvent.drop(document.body, dragged);
    }],
  ])("keeps a session ID that is %s, and opens it at its end", async (_, bring) => {
    const { backend, user } = open(home, fresh);
    await screen.findByText(m.setup.step(1, 3));
    expect(screen.queryByTestId("kept-session-id")).toBeNull();
    await bring(backend);
    expect(await screen.findByTestId("kept-session-id")).toBeVisible();
    expect(screen.getByText(m.setup.step(1, 3)), "one step after the other").toBeVisible();
    await user.click(screen.getByTestId("setup-skip"));
    expect(await screen.findByRole("heading", { level: 1, name: m.join.title })).toBeVisible();
    await expect.poll(() => screen.queryByDisplayValue(/pf1abc/)).not.toBeNull();
  });

  it("says why it could not be finished", async () => {
    const { backend, user } = open(home, fresh);
    backend.answer("finishSetup", new BackendError("database", "The disk is full."));
    await user.click(await screen.findByTestId("setup-skip"));
    expect(await screen.findByText("The disk is full.")).toBeVisible();
  });
});

describe("a locked app", () => {
  const locked = { keystore: { kind: "os", status: { state: "locked" }, canSwitch: false }, settings: settings({ appPassphrase: true }) } as const;

  it("shows nothing but the question for the passphrase", async () => {
    const { backend, user } = open({ screen: "settings" }, locked);
    const field = await screen.findByLabelText(m.lock.passphrase);
    expect(field).toHaveFocus();
    expect(field).toHaveAttribute("type", "password");
    expect(screen.queryByRole("navigation")).toBeNull();
    await user.type(field, "correct horse{Enter}");
    expect(backend.calls).toEqual([["unlock", "correct horse"]]);
    backend.publish({ keystore: { kind: "os", status: { state: "open" }, canSwitch: false } });
    expect(await screen.findByRole("heading", { level: 1, name: m.settings.title }), "where it was").toBeVisible();
  });

  const open_ = { keystore: { kind: "os", status: { state: "open" }, canSwitch: false } } as const;

  it.each([
    ["a link", { kind: "openLink", text: "pf1abc" }, m.join.title],
    ["a menu’s choice", { kind: "menu", action: "contacts" }, m.contacts.title],
  ] as const)("does not go back to where %s led once when it is unlocked", async (_, event, title) => {
    const { backend, user } = open(home, { ...locked, ...open_ });
    await screen.findByRole("heading", { level: 1, name: m.home.title });
    backend.ring(event);
    await screen.findByRole("heading", { level: 1, name: title });
    await user.click(screen.getByRole("link", { name: m.app.home }));
    await screen.findByRole("heading", { level: 1, name: m.home.title });
    backend.publish(locked);
    await screen.findByTestId("lock");
    backend.publish(open_);
    await screen.findByRole("navigation");
    await settled();
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent(m.home.title);
  });

  it("opens a link that came meanwhile once it is unlocked", async () => {
    const { backend } = open(home, locked);
    await screen.findByTestId("lock");
    backend.ring({ kind: "openLink", text: "pf1abc" });
    backend.publish(open_);
    expect(await screen.findByRole("heading", { level: 1, name: m.join.title })).toBeVisible();
    await expect.poll(() => screen.queryByDisplayValue(/pf1abc/)).not.toBeNull();
  });

  it("says that the passphrase is wrong, and selects it to be typed anew", async () => {
    const { backend, user } = open(home, locked);
    backend.answer("unlock", new BackendError("wrong_passphrase", "That is not the passphrase."));
    const field = await screen.findByLabelText<HTMLInputElement>(m.lock.passphrase);
    await user.type(field, "wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("That is not the passphrase.");
    expect(field).toHaveFocus();
    expect([field.selectionStart, field.selectionEnd]).toEqual([0, 5]);
  });

  it("shows what was typed only when asked", async () => {
    const { user } = open(home, locked);
    const field = await screen.findByLabelText(m.lock.passphrase);
    await user.click(screen.getByRole("button", { name: m.keystore.showPassphrase }));
    expect(field).toHaveAttribute("type", "text");
  });
});

describe("a device that can't be opened", () => {
  it("says why, and is tried again", async () => {
    const backend = new FakeBackend(snapshot());
    backend.answer("subscribe", new BackendError("profile_in_use", "Permafrost already runs for “alice”."));
    const user = userEvent.setup();
    location.hash = "#/home";
    render(App, { backend });
    expect(await screen.findByRole("alert")).toHaveTextContent("Permafrost already runs for “alice”.");
    backend.answer("subscribe", undefined);
    await user.click(screen.getByRole("button", { name: m.app.retry }));
    expect(backend.calls).toEqual([["reopen"]]);
    expect(await screen.findByRole("heading", { level: 1, name: m.home.title })).toBeVisible();
    expect(within(document.body).queryByRole("alert")).toBeNull();
  });
});

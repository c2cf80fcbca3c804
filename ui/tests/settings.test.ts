import { screen, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import { BackendError } from "../src/backend";
import { alice, failure, keystore, settings } from "../src/backend/samples";
import type { HostingView } from "../src/bindings/HostingView";
import type { KeystoreView } from "../src/bindings/KeystoreView";
import type { ServerView } from "../src/bindings/ServerView";
import { checkIceServer, entryOf } from "../src/flows/settings/iceServers";
import { m } from "../src/messages";
import type { Route, SettingsSection } from "../src/navigation";
import { open } from "./app";

const at = (section: SettingsSection): Route => ({ screen: "settings", section });

describe("the settings", () => {
  it("are parts of one screen, among which the focus stays where it was", async () => {
    const { user } = open({ screen: "settings" });
    const nav = await screen.findByRole("navigation", { name: m.settings.navigation });
    const link = within(nav).getByRole("link", { name: m.settings.sections.network });
    await user.click(link);
    expect(await screen.findByRole("heading", { level: 2, name: m.settings.sections.network })).toBeVisible();
    expect(link).toHaveAttribute("aria-current", "page");
    expect(link).toHaveFocus();
  });

  it("change one thing and leave the others as they are", async () => {
    const { backend, user } = open(at("general"));
    await user.selectOptions(await screen.findByLabelText(m.settings.theme.label), m.settings.theme.dark);
    await user.click(screen.getByRole("switch", { name: m.settings.tray }));
    expect(backend.calls).toEqual([
      ["setPreferences", { theme: "dark" }],
      ["setPreferences", { tray: true }],
    ]);
  });

  it("show what the device says, and why it did not do what was asked", async () => {
    const { backend, user } = open(at("network"));
    backend.answer("setPreferences", new BackendError("database", "The disk is full."));
    const toggle = await screen.findByRole("switch", { name: m.settings.relayOnly });
    await user.click(toggle);
    expect(await screen.findByRole("alert")).toHaveTextContent("The disk is full.");
    expect(toggle).not.toBeChecked();
  });
});

describe("this device", () => {
  it("shows its name and its fingerprint words", async () => {
    open(at("device"));
    expect(await screen.findByTestId("settings-device-name")).toHaveTextContent("alice");
    const words = within(screen.getByRole("list", { name: m.device.fingerprint })).getAllByRole("listitem");
    expect(words.map((word) => word.textContent)).toEqual(alice.fingerprint);
  });

  it("can be renamed, and says why when it can't", async () => {
    const { backend, user } = open(at("device"));
    await user.click(await screen.findByRole("button", { name: m.device.rename }));
    const field = screen.getByRole("textbox", { name: m.device.name });
    await user.clear(field);
    await user.click(screen.getByRole("button", { name: m.device.saveName }));
    expect(field).toHaveAccessibleDescription(expect.stringContaining(m.device.nameMissing));
    await user.type(field, "Alice’s laptop{Enter}");
    expect(backend.calls).toEqual([["setDeviceName", "Alice’s laptop"]]);
    expect(screen.getByRole("button", { name: m.device.rename })).toHaveFocus();
  });
});

describe("a desktop without a tray, which tells nobody of its lock", () => {
  it("is offered neither, and told why closing the window ends the app", async () => {
    const { backend, user } = open(at("network"));
    backend.answer("about", { version: "0.1.0", commit: null, platform: "linux", tray: false, tellsOfLock: false, licences: "" });
    const nav = await screen.findByRole("navigation", { name: m.settings.navigation });
    await user.click(within(nav).getByRole("link", { name: m.settings.sections.general }));
    expect(await screen.findByText(m.settings.noTray)).toBeVisible();
    expect(screen.queryByRole("switch", { name: m.settings.tray })).toBeNull();
    await user.click(within(nav).getByRole("link", { name: m.settings.sections.security }));
    await screen.findByLabelText(m.lock.auto);
    await vi.waitFor(() => {
      expect(screen.queryByRole("switch", { name: m.lock.withSystem })).toBeNull();
    });
  });
});

describe("the server", () => {
  const url = "wss://signal.example.org";
  const cases: [ServerView, string][] = [
    [{ url: null, status: { state: "idle" } }, m.server.none],
    [{ url, status: { state: "idle" } }, m.server.status.idle],
    [{ url, status: { state: "connecting" } }, m.server.status.connecting],
    [{ url, status: { state: "connected" } }, m.server.status.connected],
    [{ url, status: { state: "waiting", retryAt: Date.now() + 9_000, reason: failure("server_unreachable", "Connection refused.") } }, "Connection refused."],
  ];
  it.each(cases)("%o shows its status", async (server, text) => {
    open(at("network"), { server });
    expect(await screen.findByTestId("server-status")).toHaveTextContent(text);
  });

  it("can be set; a wrong address is refused before it is sent", async () => {
    const { backend, user } = open(at("network"), { server: { url: null, status: { state: "idle" } } });
    const field = await screen.findByRole("textbox", { name: m.server.url });
    await user.type(field, "example.org{Enter}");
    expect(screen.getByRole("alert")).toHaveTextContent(m.server.malformed);
    await user.clear(field);
    await user.type(field, "ws://127.0.0.1:9710{Enter}");
    expect(await screen.findByText(m.server.saved)).toBeVisible();
    expect(await screen.findByText(m.trial.reached)).toBeVisible();
    expect(backend.calls, "it is tried at once").toEqual([["setServer", "ws://127.0.0.1:9710"], ["tryServer"]]);
    await user.type(field, "1");
    expect(screen.queryByText(m.trial.reached), "that was another address").toBeNull();
  });

  it("can be tried, and says why it could not be reached", async () => {
    const { backend, user } = open(at("network"));
    backend.answer("tryServer", new BackendError("server_unreachable", "Nothing answers at the server's address and port."));
    await user.click(await screen.findByRole("button", { name: m.trial.try }));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(m.server.unreached);
    expect(alert).toHaveTextContent("Nothing answers");
    backend.answer("tryServer", undefined);
    await user.click(screen.getByRole("button", { name: m.trial.try }));
    expect(await screen.findByText(m.trial.reached)).toBeVisible();
    expect(screen.queryByRole("alert")).toBeNull();
    backend.publish({ server: { url: "ws://192.168.1.20:9710", status: { state: "idle" } } });
    await expect.poll(() => screen.queryByText(m.trial.reached), { message: "that was another server" }).toBeNull();
  });

  it("can be removed", async () => {
    const { backend, user } = open(at("network"));
    await user.click(await screen.findByRole("button", { name: m.server.clear }));
    expect(backend.calls).toEqual([["clearServer"]]);
    backend.publish({ server: { url: null, status: { state: "idle" } } });
    await expect.poll(() => screen.getByRole("textbox", { name: m.server.url })).toHaveValue("");
  });
});

describe("hosting", () => {
  const error = failure("hosting_failed", "It has stopped by itself.");
  const cases: [HostingView, string][] = [
    [{ state: "off" }, m.hosting.text],
    [{ state: "starting" }, m.hosting.starting],
    [{ state: "on", port: 9710, urls: ["ws://192.168.1.20:9710"], localOnly: false }, "ws://192.168.1.20:9710"],
    [{ state: "on", port: 9710, urls: ["ws://127.0.0.1:9710"], localOnly: true }, m.hosting.localOnlyText],
    [{ state: "failed", error }, error.message],
  ];
  it.each(cases)("that is %o says so", async (hosting, text) => {
    open(at("network"), { hosting });
    expect(await screen.findByText(text)).toBeVisible();
  });

  it("is begun on a port and ended", async () => {
    const { backend, user } = open(at("network"));
    const port = await screen.findByRole("textbox", { name: m.hosting.port });
    await user.clear(port);
    await user.type(port, "9800{Enter}");
    backend.publish({ hosting: { state: "on", port: 9800, urls: ["ws://10.0.0.2:9800"], localOnly: false } });
    await user.click(await screen.findByRole("button", { name: m.hosting.stop }));
    expect(backend.calls).toEqual([["host", 9800], ["stopHosting"]]);
  });
});

describe("STUN and TURN servers", () => {
  const stun = { url: "stun:stun.example.org", username: null, hasCredential: false };
  const turn = { url: "turn:turn.example.org", username: "alice", hasCredential: true };
  const kept = [
    { url: stun.url, username: null, credential: null },
    { url: turn.url, username: "alice", credential: null },
  ];
  const state = { settings: settings({ iceServers: [stun, turn] }) };

  it.each([false, true])("are explained, whether they are used or not: hidden %s", async (relayOnly) => {
    const { user } = open(at("network"), { settings: settings({ relayOnly }) });
    expect(await screen.findByText(m.ice.about)).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.ice.add }));
    expect(within(screen.getByRole("dialog")).getByText(m.ice.about)).toBeVisible();
  });

  it("are added, and what was there keeps its password", async () => {
    const { backend, user } = open(at("network"), state);
    await user.click(await screen.findByRole("button", { name: m.ice.add }));
    const dialog = screen.getByRole("dialog", { name: m.ice.addTitle });
    await user.type(within(dialog).getByRole("textbox", { name: m.ice.url }), "turn:other.example.org");
    await user.type(within(dialog).getByRole("textbox", { name: m.ice.username }), "bob");
    await user.type(within(dialog).getByLabelText(m.ice.credential), "secret");
    await user.click(within(dialog).getByRole("button", { name: m.ice.save }));
    expect(backend.calls).toEqual([
      ["setIceServers", [...kept, { url: "turn:other.example.org", username: "bob", credential: "secret" }]],
    ]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("are changed without their password being shown or needed again", async () => {
    const { backend, user } = open(at("network"), state);
    await user.click(await screen.findByRole("button", { name: m.ice.editNamed(turn.url) }));
    const dialog = screen.getByRole("dialog", { name: m.ice.editTitle });
    expect(within(dialog).getByLabelText(m.ice.credential)).toHaveValue("");
    await user.click(within(dialog).getByRole("button", { name: m.ice.save }));
    expect(backend.calls).toEqual([["setIceServers", kept]]);
  });

  it("are removed after a question", async () => {
    const { backend, user } = open(at("network"), state);
    await user.click(await screen.findByRole("button", { name: m.ice.removeNamed(stun.url) }));
    expect(backend.calls).toEqual([]);
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: m.ice.remove }));
    expect(backend.calls).toEqual([["setIceServers", kept.slice(1)]]);
  });

  it("are checked before they are sent", () => {
    const form = { url: " stun:stun.example.org ", username: "", credential: "" };
    expect(checkIceServer(form)).toEqual({});
    expect(entryOf({ ...form, username: "left over" })).toEqual({ url: "stun:stun.example.org", username: null, credential: null });
    expect(checkIceServer({ ...form, url: "example.org" })).toEqual({ url: m.ice.malformed });
    expect(checkIceServer({ ...form, url: "turn:example.org" })).toEqual({ username: m.ice.usernameMissing, credential: m.ice.credentialMissing });
    expect(checkIceServer({ url: "turn:elsewhere.org", username: "alice", credential: "" }, turn), "a password is not sent elsewhere").toEqual({
      credential: m.ice.credentialMissing,
    });
  });
});

describe("security", () => {
  const cases: [string, KeystoreView, string][] = [
    ["open", { kind: "os", status: { state: "open" }, canSwitch: false }, m.keystore.open],
    ["locked vault", { kind: "vault", status: { state: "needsPassphrase", fresh: false }, canSwitch: false }, m.keystore.needsPassphrase],
    ["fresh vault", { kind: "vault", status: { state: "needsPassphrase", fresh: true }, canSwitch: true }, m.keystore.noVault],
    ["missing", { kind: "os", status: { state: "unavailable", error: failure("any", "There is no keychain.") }, canSwitch: true }, m.keystore.unavailable],
  ];
  it.each(cases)("says that a keystore is %s", async (_, keystore, text) => {
    open(at("security"), { keystore });
    expect(await screen.findByTestId("keystore-status")).toHaveTextContent(text);
  });

  it.each([
    ["vault", { canSwitch: true }, "os"],
    ["os", { kind: "vault", canSwitch: true }, "vault"],
  ] as const)("offers the other keystore, a %s, while nothing is in the present one", async (other, change, kind) => {
    const { backend, user } = open(at("security"), { keystore: keystore(change) });
    expect(await screen.findByText(m.keystore.choose[kind], { exact: false })).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.keystore.switch[other].action }));
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: m.keystore.switch[other].action }));
    expect(backend.calls).toContainEqual(["useKeystore", other]);
  });

  it("offers no other keystore once there are wallets, and says so", async () => {
    open(at("security"));
    expect(await screen.findByText(m.keystore.stays)).toBeVisible();
    expect(screen.queryByRole("button", { name: m.keystore.switch.vault.action })).toBeNull();
  });

  it("offers no lock that nothing would unlock", async () => {
    open(at("security"));
    expect(await screen.findByLabelText(m.lock.auto)).toBeDisabled();
    expect(screen.getByRole("switch", { name: m.lock.withSystem })).toBeDisabled();
    expect(screen.queryByRole("button", { name: m.lock.now })).toBeNull();
  });

  it("sets a passphrase that is long enough and typed twice", async () => {
    const { backend, user } = open(at("security"));
    await user.click(await screen.findByRole("button", { name: m.lock.set }));
    const dialog = screen.getByRole("dialog", { name: m.lock.setTitle });
    const [first, again] = [within(dialog).getByLabelText(m.lock.fresh), within(dialog).getByLabelText(m.keystore.repeat)];
    const save = within(dialog).getByRole("button", { name: m.lock.save });
    await user.type(first, "too short");
    await user.click(save);
    expect(within(dialog).getByRole("alert")).toHaveTextContent(m.keystore.passphraseShort(10));
    await user.type(first, " no more");
    await user.type(again, "something else");
    await user.click(save);
    expect(within(dialog).getByRole("alert")).toHaveTextContent(m.keystore.passphraseDiffers);
    await user.clear(again);
    await user.type(again, "too short no more");
    await user.click(save);
    expect(backend.calls).toEqual([["setAppPassphrase", null, "too short no more"]]);
    await expect.poll(() => screen.queryByRole("dialog")).toBeNull();
  });

  it("takes the passphrase away only with the passphrase", async () => {
    const { backend, user } = open(at("security"), { settings: settings({ appPassphrase: true }) });
    await user.click(await screen.findByRole("button", { name: m.lock.remove }));
    const dialog = screen.getByRole("dialog", { name: m.lock.removeTitle });
    backend.answer("setAppPassphrase", new BackendError("wrong_passphrase", "That is not the passphrase."));
    await user.type(within(dialog).getByLabelText(m.lock.current), "wrong");
    await user.click(within(dialog).getByRole("button", { name: m.lock.remove }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("That is not the passphrase.");
    expect(backend.calls).toEqual([["setAppPassphrase", "wrong", null]]);
  });

  it("locks after a while, by the system, or now", async () => {
    const { backend, user } = open(at("security"), { settings: settings({ appPassphrase: true, autoLockMinutes: 7 }) });
    const auto = await screen.findByLabelText(m.lock.auto);
    expect(auto, "a time that is not offered is still shown").toHaveDisplayValue("After 7 minutes");
    await user.selectOptions(auto, m.lock.never);
    await user.click(screen.getByRole("button", { name: m.lock.now }));
    expect(backend.calls).toEqual([["setPreferences", { autoLockMinutes: null }], ["lock"]]);
  });
});

describe("diagnostics", () => {
  it("are shown whole before they are saved, and saved as shown", async () => {
    const { backend, user } = open(at("diagnostics"));
    const text = "Permafrost 0.1.0\nwallets: 2\n";
    backend.answer("diagnosticsText", text);
    await user.click(await screen.findByRole("button", { name: m.diagnostics.look }));
    const dialog = await screen.findByRole("dialog", { name: m.diagnostics.title });
    expect(within(dialog).getByTestId("diagnostics").textContent).toBe(text);
    expect(backend.calls).toEqual([["diagnosticsText"]]);
    await user.click(within(dialog).getByRole("button", { name: m.diagnostics.save }));
    expect(backend.calls.at(-1)).toEqual(["saveText", "permafrost-diagnostics.txt", text]);
    expect(await within(dialog).findByText(m.diagnostics.saved("/home/alice/permafrost-diagnostics.txt"))).toBeVisible();
  });

  it("that were not saved say so, or nothing where nobody wanted it", async () => {
    const { backend, user } = open(at("diagnostics"));
    await user.click(await screen.findByRole("button", { name: m.diagnostics.look }));
    const dialog = await screen.findByRole("dialog");
    backend.answer("saveText", new BackendError("not_saved", "The disk is full."));
    await user.click(within(dialog).getByRole("button", { name: m.diagnostics.save }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("The disk is full.");
  });
});

describe("about", () => {
  it("shows the version, and the licences of what the app is made of", async () => {
    const { user } = open(at("about"));
    expect(await screen.findByText("0.1.0")).toBeVisible();
    await user.click(screen.getByRole("button", { name: m.about.licences }));
    expect(await screen.findByRole("dialog")).toHaveTextContent("MIT");
  });
});

import { screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { bob, session, wallet } from "../src/backend/samples";
import { strengthOf } from "../src/flows/backup/passphrase";
import { m } from "../src/messages";
import type { Route } from "../src/navigation";
import { open } from "./app";

const atBackup: Route = { screen: "backup" };
const atRestore: Route = { screen: "restore" };
const passphrase = "correct horse battery";

async function fill(user: ReturnType<typeof open>["user"], first: string, second: string) {
  await user.type(await screen.findByLabelText(m.backup.passphrase), first);
  await user.type(screen.getByLabelText(m.backup.repeat), second);
  await user.click(screen.getByRole("button", { name: m.backup.submit }));
}

describe("a backup", () => {
  it("is encrypted with the passphrase and saved where its person chooses", async () => {
    const { backend, user } = open(atBackup, { wallets: [wallet()] });
    await fill(user, passphrase, passphrase);
    expect(await screen.findByTestId("backup-saved")).toHaveTextContent("/home/alice/permafrost-alice.backup");
    expect(backend.calls).toContainEqual(["backUp", passphrase]);
    expect(backend.calls).toContainEqual(["saveFile", "permafrost-alice.backup", expect.anything()]);
    expect(document.body, "the focus is not lost").not.toHaveFocus();
  });

  it.each([
    ["too short", "short", "short", m.keystore.passphraseShort(10)],
    ["typed differently", passphrase, "correct horse batterz", m.keystore.passphraseDiffers],
  ])("with a passphrase that is %s is not made", async (_, first, second, text) => {
    const { backend, user } = open(atBackup);
    await fill(user, first, second);
    expect(screen.getByRole("alert")).toHaveTextContent(text);
    expect(backend.calls.map(([command]) => command)).not.toContain("backUp");
  });

  it("that its person then did not save is not said to be saved", async () => {
    const { backend, user } = open(atBackup);
    const none: null = null;
    backend.saveFile = () => Promise.resolve(none);
    await fill(user, passphrase, passphrase);
    expect(screen.queryByTestId("backup-saved")).toBeNull();
    expect(screen.getByRole("button", { name: m.backup.submit })).toBeVisible();
  });

  it("says what it leaves out", async () => {
    open(atBackup, { wallets: [wallet(), wallet({ id: "w2", name: "Club", status: { state: "unfinished", missing: ["bob"] } })] });
    expect(await screen.findByText(m.backup.has.shares(1))).toBeVisible();
    expect(screen.getByText(m.backup.hasNot.unfinished(["Club"]))).toBeVisible();
  });

  it("needs an open keystore", async () => {
    open(atBackup, { keystore: { kind: "vault", status: { state: "needsPassphrase", fresh: false }, canSwitch: false } });
    expect(await screen.findByText(m.keystore.unlockTitle)).toBeVisible();
    expect(screen.queryByLabelText(m.backup.passphrase)).toBeNull();
  });
});

describe("a backup that is restored", () => {
  const file = new File([new Uint8Array([1, 2, 3])], "old.backup");
  async function restore(user: ReturnType<typeof open>["user"]) {
    await user.upload(await screen.findByLabelText(m.restore.choose, { selector: "input" }), file);
    await user.type(screen.getByLabelText(m.restore.passphrase), "secret words");
    await user.click(screen.getByRole("button", { name: m.restore.submit }));
  }

  it("makes this device the one that was backed up", async () => {
    const { backend, user } = open(atRestore);
    backend.restore = async (...args) => {
      backend.calls.push(["restore", ...args]);
      backend.publish({ device: bob, wallets: [wallet()] });
    };
    await restore(user);
    const done = await screen.findByTestId("restored");
    expect(done).toHaveTextContent(m.restore.doneTitle("bob"));
    expect(done).toHaveTextContent(m.restore.done(1));
    expect(backend.calls).toContainEqual(["restore", new Uint8Array([1, 2, 3]), "secret words"]);
  });

  it("with the wrong passphrase says so and keeps the file", async () => {
    const { backend, user } = open(atRestore);
    backend.answer("restore", new BackendError("wrong_passphrase", "That is not the passphrase."));
    await restore(user);
    expect(await screen.findByRole("alert")).toHaveTextContent("That is not the passphrase.");
    expect(screen.getByText(/old\.backup/)).toBeVisible();
  });

  it("needs a file and a passphrase", async () => {
    const { backend, user } = open(atRestore);
    await user.click(await screen.findByRole("button", { name: m.restore.submit }));
    expect(screen.getByText(m.restore.missing)).toBeVisible();
    expect(screen.getByText(m.keystore.passphraseMissing)).toBeVisible();
    expect(backend.calls.map(([command]) => command)).not.toContain("restore");
  });

  it.each([
    ["wallets", { wallets: [wallet()] }],
    ["a running session", { sessions: [session()] }],
  ])("is refused where there are %s", async (_, state) => {
    open(atRestore, state);
    expect(await screen.findByTestId("not-empty")).toHaveTextContent(m.restore.notEmpty);
    expect(screen.queryByLabelText(m.restore.passphrase)).toBeNull();
  });
});

describe("a passphrase's strength", () => {
  it.each([
    ["nine char", { level: "short", left: 1 }],
    ["ten chars!", { level: "fair" }],
    ["four quite random words", { level: "good" }],
    ["aaaaaaaaaaaaaaaaaaaaaaaa", { level: "fair" }],
  ])("of %j is told by its length", (text, expected) => {
    expect(strengthOf(text)).toEqual(expected);
  });
});

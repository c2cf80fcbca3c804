import { screen } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { session } from "../src/backend/samples";
import { m } from "../src/messages";
import { open } from "./app";

describe("creating a wallet", () => {
  it("sends what was chosen and goes to the session", async () => {
    const { backend, user } = open({ screen: "create" });
    backend.answer("createSession", "s1");
    await user.type(await screen.findByRole("textbox", { name: "Wallet name" }), "Holiday");
    await user.click(screen.getByRole("radio", { name: "Solana" }));
    await user.click(screen.getByRole("button", { name: "Devices that hold a share: one more" }));
    await user.click(screen.getByRole("button", { name: "Devices needed to sign: one more" }));
    expect(screen.getByText(/^Any 3 of the 4 devices/)).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: m.create.announce }));
    await user.click(screen.getByRole("button", { name: "Create session" }));
    expect(backend.calls).toEqual([
      ["createSession", { name: "Holiday", ciphersuite: "ed25519", participants: 4, threshold: 3, announce: true }],
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
    expect(backend.calls).toEqual([]);
  });

  it("lowers a threshold that nobody could reach any more", async () => {
    const { user } = open({ screen: "create" });
    await user.click(await screen.findByRole("button", { name: "Devices needed to sign: one more" }));
    await user.click(screen.getByRole("button", { name: "Devices that hold a share: one fewer" }));
    expect(screen.getByRole("spinbutton", { name: "Devices needed to sign" })).toHaveValue(2);
    expect(screen.getByText(m.threshold.sign(2, 2))).toBeVisible();
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
});

describe("joining by a pasted session ID", () => {
  const typo = new BackendError("session_id_typo", "There is a typo near character 12.");

  it("says at once that it is one, then joins", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("joinSession", "s1");
    await user.click(await screen.findByRole("textbox", { name: "Session ID" }));
    await user.paste("  PF1ABC ");
    expect(await screen.findByText(m.join.good)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Join session" }));
    expect(backend.calls).toContainEqual(["joinSession", "  PF1ABC ", false]);
    expect(location.hash).toBe("#/session/s1");
  });

  it("names a typo beside the field without being asked to join", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("inspectSessionId", typo);
    const field = await screen.findByRole("textbox", { name: "Session ID" });
    await user.click(field);
    await user.paste("pf1wrong");
    expect(await screen.findByRole("alert")).toHaveTextContent(typo.message);
    expect(field).toBeInvalid();
    await user.type(field, "x");
    expect(screen.queryByRole("alert"), "gone as soon as the text changes").toBeNull();
  });

  it("checks before it joins, even when Enter is pressed at once", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("inspectSessionId", typo);
    await user.type(await screen.findByRole("textbox", { name: "Session ID" }), "pf1wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent(typo.message);
    expect(backend.calls.map(([command]) => command)).not.toContain("joinSession");
  });

  it("wants something to be pasted", async () => {
    const { backend, user } = open({ screen: "join" });
    await user.click(await screen.findByRole("button", { name: "Join session" }));
    expect(screen.getByRole("alert")).toHaveTextContent(m.join.missing);
    expect(backend.calls).toEqual([]);
  });

  it("uses another server only once that was agreed to", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("inspectSessionId", { server: "wss://other.example.org", otherServer: true });
    await user.click(await screen.findByRole("textbox", { name: "Session ID" }));
    await user.paste("pf1abc");
    expect(await screen.findByTestId("other-server")).toHaveTextContent("wss://other.example.org");
    await user.click(screen.getByRole("button", { name: "Join session" }));
    expect(screen.getByRole("alert")).toHaveTextContent(m.join.acceptMissing);
    await user.click(screen.getByRole("checkbox", { name: m.join.acceptServer }));
    await user.click(screen.getByRole("button", { name: "Join session" }));
    expect(backend.calls.filter(([command]) => command === "joinSession")).toEqual([["joinSession", "pf1abc", true]]);
  });

  it("shows why joining failed", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("joinSession", new BackendError("already_joined", "This device is already in that session."));
    await user.type(await screen.findByRole("textbox", { name: "Session ID" }), "pf1abc{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("This device is already in that session.");
    expect(location.hash).toBe("#/join");
  });
});

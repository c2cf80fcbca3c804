import { screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import type { FakeBackend } from "../src/backend/fake";
import {
  alice, announced, bob, charlie, device, failure, known, minute, nameTaken, proposal, stranger, verifiedContact,
} from "../src/backend/samples";
import type { AskedState } from "../src/bindings/AskedState";
import { m } from "../src/messages";
import { home, open } from "./app";

const join = { screen: "join" } as const;
const asked = (state: AskedState, recognition = stranger) => ({ id: "a1", proposal: proposal({ name: "Chess club", by: bob }), recognition, state });

describe("announced sessions", () => {
  const looked = (backend: FakeBackend) => backend.background.filter(([command]) => command === "browse");

  it("are looked for where they are shown, and nowhere else", async () => {
    const { backend, user } = open(home, { wallets: [] });
    expect(await screen.findByText(m.announced.none)).toBeVisible();
    expect(looked(backend)).toEqual([["browse", true]]);
    await user.click(screen.getByRole("link", { name: m.app.join }));
    expect(await screen.findByText(m.announced.none)).toBeVisible();
    expect(looked(backend), "it goes on").toEqual([["browse", true]]);
    await user.click(screen.getByRole("link", { name: m.app.contacts }));
    await screen.findByRole("heading", { level: 1, name: m.contacts.title });
    expect(looked(backend)).toEqual([["browse", true], ["browse", false]]);
  });

  it("are looked for again where another server is set meanwhile, each step after the one before", async () => {
    const { backend } = open(home, { wallets: [] });
    await screen.findByText(m.announced.none);
    const begun: boolean[] = [];
    const pending: (() => void)[] = [];
    backend.browse = (on) => {
      begun.push(on);
      return new Promise((done) => pending.push(done));
    };
    backend.publish({ server: { url: "ws://192.168.1.20:9710", status: { state: "idle" } } });
    await expect.poll(() => begun, { message: "what stops waits for nothing" }).toEqual([false]);
    pending.shift()?.();
    await expect.poll(() => begun).toEqual([false, true]);
  });

  it("are not said to be none while nobody looks", async () => {
    open(join, { browsing: false });
    expect(await screen.findByText(m.announced.noConnection)).toBeVisible();
    expect(screen.queryByText(m.announced.none)).toBeNull();
  });

  it("are not looked for without a server", async () => {
    const { backend } = open(join, { server: { url: null, status: { state: "idle" } } });
    expect(await screen.findByText(m.announced.text)).toBeVisible();
    expect(looked(backend)).toEqual([]);
  });

  it("say why nothing is there while the server can't be reached", async () => {
    open(join, { browsing: true, server: { url: "wss://signal.example.org", status: { state: "connecting" } } });
    expect(await screen.findByText(m.announced.noConnection)).toBeVisible();
  });

  it("of a stranger show the words to compare, and are asked for", async () => {
    const { backend, user } = open(join, { browsing: true, announced: [announced()] });
    const item = await screen.findByTestId("announced");
    for (const text of ["Chess club", "Bitcoin", "2 of 3", "by bob", "1 of 3 places taken", m.announced.compare, ...bob.fingerprint]) {
      expect(item).toHaveTextContent(text);
    }
    await user.click(within(item).getByRole("button", { name: "Ask to join Chess club" }));
    expect(backend.calls).toEqual([["askToJoin", "a1"]]);
  });

  it("of a contact are recognised without words", async () => {
    open(join, { browsing: true, announced: [announced({ recognition: verifiedContact }), announced({ id: "a2", recognition: known })] });
    const [verified, met] = await screen.findAllByTestId("announced");
    expect(verified).toHaveTextContent(m.recognition.verified);
    expect(met).toHaveTextContent(m.recognition.known);
    expect(screen.queryByText(m.announced.compare)).toBeNull();
  });

  it("of one who bears a contact's name are asked for only after a warning", async () => {
    const impostor = proposal({ name: "Savings", by: device("bob", 44) });
    const { backend, user } = open(join, { browsing: true, announced: [announced({ proposal: impostor, recognition: nameTaken(bob) })] });
    expect(await screen.findByTestId("name-taken")).toHaveTextContent(m.recognition.takenText("bob"));
    await user.click(screen.getByRole("button", { name: "Ask anyway: Savings" }));
    expect(backend.calls).toEqual([]);
    await user.click(within(screen.getByRole("alertdialog")).getByRole("button", { name: m.announced.askAnyway }));
    expect(backend.calls).toEqual([["askToJoin", "a1"]]);
  });

  it("on a test network say so", async () => {
    open(join, { browsing: true, announced: [announced({ proposal: proposal({ network: "devnet", ciphersuite: "ed25519" }) })] });
    expect(within(await screen.findByTestId("announced")).getByTestId("test-network")).toHaveTextContent("Test network Devnet");
  });

  it.each<AskedState>([
    { state: "waiting", deadline: Date.now() + minute },
    { state: "admitted", session: "s1" },
  ])("that were asked for are among the requests alone: %o", async (state) => {
    open(join, { browsing: true, announced: [announced()], asked: [asked(state)] });
    expect(await screen.findByTestId(`asked-${state.state}`)).toHaveTextContent("Chess club");
    expect(screen.queryByTestId("announced")).toBeNull();
    expect(screen.queryByText(m.announced.none)).toBeNull();
  });

  it("that are full can't be asked for", async () => {
    open(join, { browsing: true, announced: [announced({ joined: 3 })] });
    expect(await screen.findByText(m.announced.full)).toBeVisible();
    expect(screen.queryByRole("button", { name: /Ask to join/ })).toBeNull();
  });

  it("show beside the button why asking did not work", async () => {
    const { backend, user } = open(join, { browsing: true, announced: [announced()] });
    backend.answer("askToJoin", new BackendError("gone", "The session is not announced any more."));
    await user.click(await screen.findByRole("button", { name: /Ask to join/ }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The session is not announced any more.");
  });
});

describe("a request of one's own", () => {
  const waiting: AskedState = { state: "waiting", deadline: Date.now() + 4 * minute };

  it("says who was asked, how long it waits, and the words to read out to a stranger", async () => {
    open(join, { browsing: true, announced: [announced()], asked: [asked(waiting)] });
    const item = await screen.findByTestId("asked-waiting");
    expect(item).toHaveTextContent(m.announced.waiting("bob"));
    expect(item).toHaveTextContent(/min left/);
    for (const word of alice.fingerprint) expect(item).toHaveTextContent(word);
    expect(screen.queryByRole("button", { name: /Ask to join/ }), "it was asked for already").toBeNull();
  });

  it("needs no words among contacts", async () => {
    open(join, { asked: [asked(waiting, verifiedContact)] });
    expect(await screen.findByTestId("asked-waiting")).not.toHaveTextContent(alice.fingerprint[0] ?? "");
  });

  it("that is granted leads to its session", async () => {
    const { user } = open(join, { asked: [asked({ state: "admitted", session: "s7" })] });
    await user.click(await screen.findByRole("button", { name: "Open session Chess club" }));
    expect(location.hash).toBe("#/session/s7");
  });

  it("that came to nothing says why", async () => {
    open(join, { asked: [{ ...asked({ state: "ended", error: failure("refused", "charlie did not let this device in.") }), proposal: proposal({ by: charlie }) }] });
    expect(await screen.findByTestId("asked-ended")).toHaveTextContent("charlie did not let this device in.");
  });
});

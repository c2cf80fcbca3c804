import { fireEvent, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import { BackendError } from "../src/backend";
import { active, session, wallet } from "../src/backend/samples";
import { PictureError } from "../src/components/qr/picture";
import * as pictures from "../src/components/qr/picture";
import { m } from "../src/messages";
import type { Route } from "../src/navigation";
import { atWallet, home, open } from "./app";

const typo = new BackendError("session_id_typo", "There is a typo near character 12.");
const link = "permafrost:join/pf1abc";
const field = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Session ID" });
const picture = () => new File(["…"], "code.png", { type: "image/png" });

/** From now on every picture holds `text`, or fails as told. */
function pictureOf(text: string | PictureError) {
  return vi.spyOn(pictures, "textInPicture").mockImplementation(async () => {
    if (text instanceof PictureError) throw text;
    return text;
  });
}

/** A moment in which everything that was to happen has happened. */
const settled = () => new Promise((done) => setTimeout(done));

afterEach(() => vi.restoreAllMocks());

describe("joining by a pasted session ID", () => {
  it("says at once that it is one and where it meets, then joins", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("joinSession", "s1");
    await user.click(await field());
    await user.paste("  PF1ABC ");
    expect(await screen.findByText(m.join.good)).toBeVisible();
    expect(screen.getByText(m.join.meetsOn("wss://signal.example.org"))).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Join session" }));
    expect(backend.calls).toContainEqual(["joinSession", "  PF1ABC ", false]);
    expect(location.hash).toBe("#/session/s1");
  });

  it("names a typo beside the field without being asked to join", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("inspectSessionId", typo);
    await user.click(await field());
    await user.paste("pf1wrong");
    expect(await screen.findByRole("alert")).toHaveTextContent(typo.message);
    expect(await field()).toBeInvalid();
    await user.type(await field(), "x");
    expect(screen.queryByRole("alert"), "gone as soon as the text changes").toBeNull();
  });

  it("checks before it joins, even when Enter is pressed at once", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("inspectSessionId", typo);
    await user.type(await field(), "pf1wrong{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent(typo.message);
    expect(backend.calls.map(([command]) => command)).not.toContain("joinSession");
  });

  it("wants something to be pasted", async () => {
    const { backend, user } = open({ screen: "join" });
    await user.click(await screen.findByRole("button", { name: "Join session" }));
    expect(screen.getByRole("alert")).toHaveTextContent(m.join.missing);
    expect(backend.calls.map(([command]) => command)).not.toContain("inspectSessionId");
  });

  it("uses another server only once that was agreed to", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("inspectSessionId", { server: "wss://other.example.org", otherServer: true });
    await user.click(await field());
    await user.paste("pf1abc");
    expect(await screen.findByTestId("other-server")).toHaveTextContent("wss://other.example.org");
    expect(screen.getByTestId("other-server"), "it is not for this once alone").toHaveTextContent("meet there again later");
    await user.click(screen.getByRole("button", { name: "Join session" }));
    expect(screen.getByRole("alert")).toHaveTextContent(m.join.acceptMissing);
    await user.click(screen.getByRole("checkbox", { name: m.join.acceptServer }));
    await user.click(screen.getByRole("button", { name: "Join session" }));
    expect(backend.calls.filter(([command]) => command === "joinSession")).toEqual([["joinSession", "pf1abc", true]]);
  });

  it("asks again about the server of another ID", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("inspectSessionId", { server: "wss://other.example.org", otherServer: true });
    await user.click(await field());
    await user.paste("pf1abc");
    await user.click(await screen.findByRole("checkbox", { name: m.join.acceptServer }));
    await user.type(await field(), "d");
    expect(await screen.findByRole("checkbox", { name: m.join.acceptServer })).not.toBeChecked();
  });

  it("shows why joining failed", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("joinSession", new BackendError("already_joined", "This device is already in that session."));
    await user.type(await field(), "pf1abc{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("This device is already in that session.");
    expect(location.hash).toBe("#/join");
  });

  it("hears only of the latest text when answers overtake each other", async () => {
    const { backend, user } = open({ screen: "join" });
    const answers: ((wrong: BackendError) => void)[] = [];
    backend.inspectSessionId = () => new Promise((_, reject) => answers.push(reject));
    const submit = await screen.findByRole("button", { name: "Join session" });
    await user.type(await field(), "first");
    await user.click(submit);
    await user.type(await field(), "second");
    await user.click(submit);
    answers[1]?.(new BackendError("session_id_typo", "second"));
    expect(await screen.findByRole("alert")).toHaveTextContent("second");
    answers[0]?.(new BackendError("session_id_typo", "first"));
    await settled();
    expect(screen.getByRole("alert")).toHaveTextContent("second");
  });
});

describe("a picture of the code", () => {
  const choose = async (user: ReturnType<typeof open>["user"]) =>
    user.upload(await screen.findByLabelText(m.join.choosePicture, { selector: "input" }), picture());

  it("is read into the field", async () => {
    const { backend, user } = open({ screen: "join" });
    pictureOf(link);
    await choose(user);
    expect(await screen.findByText(m.join.good)).toBeVisible();
    expect(await field()).toHaveValue(link);
    await user.click(screen.getByRole("button", { name: "Join session" }));
    expect(backend.calls).toContainEqual(["joinSession", link, false]);
  });

  it.each(["tooLarge", "unreadable", "noCode"] as const)("that is %s is told so, and the text stays", async (problem) => {
    const { user } = open({ screen: "join" });
    await user.type(await field(), "pf1ab");
    pictureOf(new PictureError(problem));
    await choose(user);
    expect(await screen.findByRole("alert")).toHaveTextContent(m.join.picture[problem]);
    expect(await field()).toHaveValue("pf1ab");
  });

  it("with another kind of code is told so", async () => {
    const { user } = open({ screen: "join" });
    pictureOf("bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr");
    await choose(user);
    expect(await screen.findByRole("alert")).toHaveTextContent(m.join.picture.noSession);
    expect(await field()).toHaveValue("");
  });

  it("with a damaged ID is told what is wrong with it", async () => {
    const { backend, user } = open({ screen: "join" });
    backend.answer("inspectSessionId", typo);
    pictureOf("pf1wrong");
    await choose(user);
    expect(await screen.findByRole("alert")).toHaveTextContent(typo.message);
    expect(await field()).toHaveValue("pf1wrong");
  });
});

describe("pasting anywhere", () => {
  const clipboard = (text: string, ...files: File[]) => ({
    clipboardData: { types: ["text/plain"], files, getData: (type: string) => (type === "text/plain" ? text : "") },
  });
  it("takes a session ID to where it is joined", async () => {
    const { backend } = open(home);
    await screen.findByRole("heading", { level: 1 });
    await fireEvent.paste(document.body, clipboard(`Join us: ${link}`));
    expect(await field()).toHaveValue(`Join us: ${link}`);
    expect(await screen.findByText(m.join.good)).toBeVisible();
    expect(screen.getByRole("button", { name: "Join session" })).toHaveFocus();
    expect(backend.calls.map(([command]) => command)).not.toContain("joinSession");
  });

  it("takes a damaged one there too, where it is explained", async () => {
    const { backend } = open(home);
    await screen.findByRole("heading", { level: 1 });
    backend.answer("inspectSessionId", typo);
    await fireEvent.paste(document.body, clipboard("pf1wrong"));
    expect(await screen.findByRole("alert")).toHaveTextContent(typo.message);
  });

  it("says nothing of anything else", async () => {
    open(home);
    await screen.findByRole("heading", { level: 1 });
    await fireEvent.paste(document.body, clipboard("a shopping list"));
    await settled();
    expect(location.hash).toBe("#/home");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("leaves text fields alone", async () => {
    const { backend } = open({ screen: "create" });
    await fireEvent.paste(await screen.findByRole("textbox", { name: "Wallet name" }), clipboard(link));
    await settled();
    expect(location.hash).toBe("#/create");
    expect(backend.calls.map(([command]) => command)).not.toContain("inspectSessionId");
  });

  it("waits for a question to be answered", async () => {
    const { user } = open({ screen: "session", key: "s1" }, { sessions: [session()] });
    await user.click(await screen.findByRole("button", { name: "Cancel session" }));
    await fireEvent.paste(document.body, clipboard(link));
    await settled();
    expect(location.hash).toBe("#/session/s1");
  });

  it("replaces what is on the join screen, ID or not", async () => {
    const { user } = open({ screen: "join" });
    await user.type(await field(), "pf1old");
    await fireEvent.paste(document.body, clipboard("nothing of use"));
    expect(await field()).toHaveValue("nothing of use");
    expect(await screen.findByRole("alert")).toHaveTextContent("There is no session ID");
  });

  it("reads a picture, but says nothing of one without a session ID", async () => {
    open(home);
    await screen.findByRole("heading", { level: 1 });
    const read = pictureOf("bc1qaddress");
    await fireEvent.paste(document.body, clipboard("", picture()));
    await settled();
    expect(location.hash).toBe("#/home");
    read.mockResolvedValue(link);
    await fireEvent.paste(document.body, clipboard("", picture()));
    expect(await field()).toHaveValue(link);
  });

  it("reads a picture pasted into the field itself", async () => {
    open({ screen: "join" });
    pictureOf(link);
    await fireEvent.paste(await field(), clipboard("", picture()));
    expect(await screen.findByText(m.join.good)).toBeVisible();
    expect(await field()).toHaveValue(link);
  });

  it("of more than a message ever has looks at its beginning only", async () => {
    const { backend } = open(home);
    await screen.findByRole("heading", { level: 1 });
    await fireEvent.paste(document.body, clipboard(`${link} ${"x".repeat(1_000_000)}`));
    expect((await field()).value).toHaveLength(16 * 1024);
    expect(backend.calls).toContainEqual(["inspectSessionId", expect.stringMatching(/^permafrost:join\/pf1abc x+$/)]);
  });
});

describe("dropping anywhere", () => {
  const dragged = (types: string[], text: string, ...files: File[]) => ({
    dataTransfer: { types, files, dropEffect: "none", getData: (type: string) => (type === "text/plain" ? text : "") },
  });
  const text = dragged(["text/plain"], link);

  it("shows that it can be dropped as long as it is over the window", async () => {
    open(home);
    const heading = await screen.findByRole("heading", { level: 1 });
    await fireEvent.dragEnter(document.body, text);
    await fireEvent.dragEnter(heading, text);
    await fireEvent.dragLeave(document.body, text);
    expect(screen.getByTestId("drop")).toHaveTextContent(m.join.drop);
    await fireEvent.dragLeave(heading, text);
    expect(screen.queryByTestId("drop")).toBeNull();
  });

  it("takes a text to where it is joined", async () => {
    open(home);
    await fireEvent.dragEnter(await screen.findByRole("heading", { level: 1 }), text);
    await fireEvent.drop(document.body, text);
    expect(await field()).toHaveValue(link);
    expect(screen.queryByTestId("drop")).toBeNull();
  });

  it("takes a file there, and says what is wrong with it", async () => {
    open(home);
    const file = dragged(["Files"], "", new File(["x"], "notes.pdf", { type: "application/pdf" }));
    pictureOf(new PictureError("unreadable"));
    await fireEvent.dragEnter(await screen.findByRole("heading", { level: 1 }), file);
    await fireEvent.drop(document.body, file);
    expect(await screen.findByRole("alert")).toHaveTextContent(m.join.picture.unreadable);
  });

  it("leaves a text to the field under the pointer", async () => {
    open({ screen: "create" });
    const name = await screen.findByRole("textbox", { name: "Wallet name" });
    await fireEvent.dragEnter(name, text);
    expect(await fireEvent.drop(name, text), "the browser inserts it").toBe(true);
    expect(location.hash).toBe("#/create");
  });

  it("never lets a file replace the app, not even during a question", async () => {
    const { user } = open({ screen: "session", key: "s1" }, { sessions: [session()] });
    await user.click(await screen.findByRole("button", { name: "Cancel session" }));
    const file = dragged(["Files"], "", picture());
    await fireEvent.dragEnter(document.body, file);
    expect(await fireEvent.drop(document.body, file), "the default is prevented").toBe(false);
    expect(location.hash).toBe("#/session/s1");
  });

  it.each<[string, Route, string, string | undefined]>([
    ["a certificate", atWallet, m.wallet.check.field, "checkCertificate"],
    ["a backup", { screen: "restore" }, m.restore.passphrase, undefined],
    ["a signed message", { screen: "verify" }, m.verify.field, "verifyMessage"],
  ])("leaves %s to the screen that wants it", async (_, route, label, command) => {
    const wallets = command === "checkCertificate" ? [wallet({ status: active({ verified: true }) })] : [];
    const { backend, user } = open(route, { wallets });
    await screen.findByRole("heading", { level: 1 });
    for (const tab of screen.queryAllByRole("tab", { name: m.wallet.parts.details })) await user.click(tab);
    const target = screen.getByLabelText(label);
    const { hash } = location;
    const dropped = new File(["of the file"], "the-file.json");
    Object.defineProperty(dropped, "text", { value: () => Promise.resolve("of the file") });
    const file = dragged(["Files"], "", dropped);
    await fireEvent.dragEnter(document.body, file);
    expect(screen.getByTestId("drop")).toBeVisible();
    await fireEvent.dragEnter(target, file);
    await fireEvent.dragOver(target, file);
    expect(screen.queryByTestId("drop"), "nothing says that one would join").toBeNull();
    expect(await fireEvent.drop(target, file), "the window does not show the file").toBe(false);
    await settled();
    expect(location.hash).toBe(hash);
    if (command) expect(backend.calls).toContainEqual([command, "of the file"]);
    else expect(screen.getByText(/the-file\.json/)).toBeVisible();
  });

  it("takes nothing that was dragged from within the app", async () => {
    open(home);
    const heading = await screen.findByRole("heading", { level: 1 });
    await fireEvent.dragStart(heading, text);
    await fireEvent.dragEnter(heading, text);
    expect(screen.queryByTestId("drop")).toBeNull();
  });
});

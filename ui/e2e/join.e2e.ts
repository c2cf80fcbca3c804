import { expect, test } from "./device";

const invitation = { scenario: "inviting", hash: "#/session/s1" } as const;

test("the code that a session shows is read from a picture of the window", async ({ app, page }) => {
  await app.open(invitation.scenario, invitation.hash);
  const id = await page.getByTestId("session-id").textContent();
  const buffer = await page.screenshot();
  await app.open("empty", "#/join");
  await page.locator("input[type=file]").setInputFiles({ name: "window.png", mimeType: "image/png", buffer });
  await expect(page.getByText("This is a session ID.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Session ID" })).toHaveValue(`permafrost:join/${id}`);
});

test("a picture without a code, and a file that is no picture, are told apart", async ({ app, page }) => {
  await app.open("empty", "#/join");
  const buffer = await page.screenshot();
  await page.locator("input[type=file]").setInputFiles({ name: "window.png", mimeType: "image/png", buffer });
  await expect(page.getByRole("alert")).toContainText("There is no QR code in this picture");
  await page.locator("input[type=file]").setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("notes") });
  await expect(page.getByRole("alert")).toContainText("can’t be read as a picture");
});

test("an invitation in the clipboard is pasted and joined without a mouse", async ({ app, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await app.open("inviting", "#/session/s1");
  const id = await page.getByTestId("session-id").textContent();
  await app.open("empty");
  await page.evaluate((text) => navigator.clipboard.writeText(text), `Please join “Family savings”.\n\n${id}\n\nThank you`);
  await page.keyboard.press("Control+V");
  await expect(page.getByText("This is a session ID.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Join session" })).toBeFocused();
  await page.keyboard.press("Enter");
  expect(await app.calls()).toContainEqual(["joinSession", expect.stringContaining(id ?? "no ID"), false]);
});

test("a wallet is created by keyboard alone", async ({ app, page }) => {
  await app.open("empty", "#/create");
  await page.getByRole("textbox", { name: "Wallet name" }).focus();
  await page.keyboard.type("Holiday");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  expect(await app.calls()).toContainEqual([
    "createSession",
    { name: "Holiday", ciphersuite: "ed25519", network: "mainnet", threshold: 2, participants: 4, announce: false },
  ]);
});

test("nothing moves on the screen when somebody joins", async ({ app, page }) => {
  await app.open("gathering", "#/session/s1");
  const places = () =>
    page.evaluate(() => [...document.querySelectorAll("[data-testid=session-qr], [data-testid=participant], h2")].map((element) => {
      const { x, y } = element.getBoundingClientRect();
      return [element.textContent.trim().slice(0, 20), x, y];
    }));
  const before = await places();
  await page.evaluate(() => {
    const [session] = globalThis.fakeBackend.current.sessions;
    const [own, other, ...rest] = session?.participants ?? [];
    if (!session || !own || !other) throw new Error("the scenario has no session with participants");
    // The list is by name: who comes later may stand in its middle.
    const newcomer = { ...other, device: { ...other.device, id: "ff".repeat(32), name: "aaa" } };
    globalThis.fakeBackend.publish({ sessions: [{ ...session, participants: [own, newcomer, other, ...rest] }] });
  });
  await expect(page.getByTestId("participant")).toHaveCount(24);
  const after = await places();
  expect(after).toEqual(expect.arrayContaining(before));
});

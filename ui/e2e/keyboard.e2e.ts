import encodeQR from "qr";

import { request, spend } from "../src/backend/requestSamples";
import { active, session, wallet } from "../src/backend/samples";
import { expect, test } from "./device";

const id = "pf1qy352eutjq0z4u5gpdxsuw6v3m8lne2hyrcka79tfw0d3sg5q8";
const verified = wallet({ status: active({ verified: true }) });

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test.describe("with the keyboard alone", () => {
  test("a wallet is created", async ({ app, page }) => {
    await app.open("empty");
    await app.press("Control+n");
    await expect(app.heading).toBeFocused();
    await app.reach(page.getByRole("textbox", { name: "Wallet name" }));
    await page.keyboard.type("Holiday");
    await app.reach(page.getByRole("button", { name: "Create session" }));
    await app.publish({ sessions: [session({ key: "created" })] });
    await app.press("Enter");
    expect(await app.called("createSession")).toEqual([expect.objectContaining({ name: "Holiday", network: "mainnet" })]);
    await expect(app.heading).toHaveText("Family savings");
    await expect(app.heading).toBeFocused();
  });

  test("a form that is not complete takes the focus to what is missing, and says it", async ({ app, page }) => {
    await app.open("empty", "#/create");
    await app.reach(page.getByRole("button", { name: "Create session" }));
    await app.press("Enter");
    await expect(page.getByRole("alert").first()).toBeVisible();
    expect(await app.calls()).not.toContainEqual(expect.arrayContaining(["createSession"]));
  });

  test("a session is joined with a pasted ID", async ({ app, page }) => {
    await app.open("empty");
    await page.evaluate((text) => navigator.clipboard.writeText(text), `Join us: ${id}`);
    await app.press("Control+j");
    await app.reach(page.getByRole("textbox", { name: "Session ID" }));
    await app.press("Control+v");
    await app.called("inspectSessionId");
    await app.publish({ sessions: [session({ key: "joined" })] });
    await app.press("Enter");
    expect(await app.called("joinSession")).toEqual([expect.stringContaining(id), false]);
    await expect(app.heading).toBeFocused();
  });

  test("an ID is pasted anywhere", async ({ app, page }) => {
    await app.open("empty");
    await page.evaluate((text) => navigator.clipboard.writeText(text), id);
    await page.keyboard.press("Control+v");
    await expect(page.getByRole("textbox", { name: "Session ID" })).toHaveValue(id);
    await app.expectFocus();
  });

  test("bitcoin is sent", async ({ app, page }) => {
    await app.open("funded", "#/wallet/w1");
    await app.reach(page.getByRole("button", { name: "Send", exact: true }));
    await app.press("Enter");
    await expect(app.heading).toHaveText("Send bitcoin");
    const address = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq";
    await page.evaluate((text) => navigator.clipboard.writeText(text), `bitcoin:${address}?amount=0.0125&label=Carpenter`);
    await app.reach(page.getByRole("textbox", { name: "To" }));
    await app.press("Control+v");
    await expect(page.getByRole("textbox", { name: "Amount" })).toHaveValue("0.0125");
    await app.reach(page.getByRole("radio", { name: /Medium/ }));
    await app.press("ArrowRight");
    await app.reach(page.getByRole("button", { name: "Review" }));
    await app.press("Enter");
    expect(await app.called("draftBitcoinPayment")).toEqual([
      { wallet: "w1", recipients: [{ address, amount: 1_250_000 }], feeRate: 12, coins: [] },
    ]);
    await expect(app.heading).toHaveText("Check the payment");
    await expect(app.heading).toBeFocused();
    await app.reach(page.getByRole("button", { name: "Ask the others" }));
    await app.publish({ requests: [request({ own: true, meaning: spend() })] });
    await app.press("Enter");
    expect(await app.called("proposeTransaction")).toEqual([expect.objectContaining({ send: true, label: "Carpenter" })]);
    await expect(page.getByTestId("request-standing")).toBeVisible();
    await app.expectFocus();
  });

  test("the fee of a payment that waits is raised", async ({ app, page }) => {
    await app.open("funded", "#/wallet/w1");
    await app.reach(page.getByRole("tab", { name: "Receive" }));
    await app.press("ArrowRight");
    await app.reach(page.getByRole("button", { name: /^Raise the fee/ }));
    await app.press("Enter");
    await expect(page.getByRole("radio", { name: /Fast/ })).toBeFocused();
    await app.press("Enter");
    await app.called("draftBitcoinBump");
    await app.reach(page.getByRole("button", { name: "Change", exact: true }));
    await app.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page.getByRole("button", { name: /^Raise the fee/ })).toBeFocused();
  });

  test("whom to ask about a wallet is chosen from where its balance is missing", async ({ app, page }) => {
    await app.open("solanaUnlooked", "#/wallet/w1");
    await app.reach(page.getByRole("button", { name: "Choose a Solana server" }));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Server for the Solana main network" }).getByRole("textbox")).toBeFocused();
    await app.press("Escape");
    await expect(app.heading).toHaveText("Family savings");
    await expect(app.heading).toBeFocused();
  });

  test("safety words are confirmed, and the focus stays on the page", async ({ app, page }) => {
    await app.open("completed", "#/wallet/w1");
    await app.reach(page.getByRole("button", { name: "They match" }));
    await page.keyboard.press("Enter");
    expect(await app.called("confirmWords")).toEqual(["w1", true]);
    await app.publish({ wallets: [verified] });
    await expect(page.getByTestId("wallet-status")).toHaveText("Verified");
    await expect(app.heading).toBeFocused();
  });

  test("a question can be taken back, and the focus is where it was", async ({ app, page }) => {
    await app.open("completed", "#/wallet/w1");
    const differ = page.getByRole("button", { name: "They don’t match" });
    await app.reach(differ);
    await app.press("Enter");
    await expect(page.getByRole("alertdialog")).toBeVisible();
    await app.press("Escape");
    await expect(page.getByRole("alertdialog")).toBeHidden();
    await expect(differ).toBeFocused();
  });

  test("the address is exported as a picture of its code", async ({ app, page }) => {
    await app.open("verified", "#/wallet/w1");
    await app.reach(page.getByRole("button", { name: "Save address" }));
    await app.press("Enter");
    await expect(page.getByRole("menuitem", { name: /PNG/ })).toBeFocused();
    await app.press("Enter");
    const [name] = await app.called("saveFile");
    expect(name).toBe("Family-savings-address-1.png");
    const size = await page.evaluate(async () => {
      const [, , bytes] = globalThis.fakeBackend.calls.find(([command]) => command === "saveFile") ?? [];
      const picture = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/png" }));
      return [picture.width, picture.height];
    });
    expect(Math.min(...size), "large enough to print").toBeGreaterThanOrEqual(1024);
    await expect(page.getByText("Saved as /home/alice/Family-savings-address-1.png")).toBeVisible();
    await expect(page.getByRole("button", { name: "Save address" })).toBeFocused();
  });

  test("the parts of a wallet are gone through, and its public data saved", async ({ app, page }) => {
    await app.open("verified", "#/wallet/w1");
    await app.reach(page.getByRole("tab", { name: "Receive" }));
    await app.press("ArrowRight");
    await expect(page.getByTestId("member").first()).toBeVisible();
    await app.press("ArrowRight");
    await app.reach(page.getByRole("button", { name: "Save Public data" }));
    await app.press("Enter");
    expect(await app.called("saveText")).toEqual(["Family-savings-public.json", expect.stringContaining("permafrost-wallet")]);
  });

  test("a wallet is renamed, and the focus is where it was", async ({ app, page }) => {
    await app.open("verified", "#/wallet/w1");
    await app.reach(page.getByRole("button", { name: "Rename" }));
    await app.press("Enter");
    await expect(page.getByRole("textbox", { name: "Wallet name" })).toBeFocused();
    await page.keyboard.type("Holiday");
    await app.press("Enter");
    expect(await app.called("renameWallet")).toEqual(["w1", "Holiday"]);
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page.getByRole("button", { name: "Rename" })).toBeFocused();
  });

  test("a wallet is removed once its name was typed", async ({ app, page }) => {
    await app.open("verified", "#/wallet/w1");
    await app.reach(page.getByRole("tab", { name: "Receive" }));
    await app.press("End");
    await app.reach(page.getByRole("button", { name: "Remove wallet" }));
    await app.press("Enter");
    await app.reach(page.getByRole("textbox", { name: /^Type/ }));
    await page.keyboard.type("Family savings");
    await app.reach(page.getByRole("button", { name: "Remove it for good" }));
    await page.keyboard.press("Enter");
    expect(await app.called("removeWallet")).toEqual(["w1", "Family savings"]);
    await app.publish({ wallets: [] });
    await expect(app.heading).toHaveText("Home");
    await app.expectFocus();
  });

  test("a device is backed up", async ({ app, page }) => {
    await app.open("verified", "#/backup");
    await app.reach(page.getByLabel("Passphrase of the backup"));
    await page.keyboard.type("correct horse battery");
    await app.reach(page.getByLabel("Repeat the passphrase"));
    await page.keyboard.type("correct horse battery");
    await app.press("Enter");
    expect(await app.called("backUp")).toEqual(["correct horse battery"]);
    await expect(page.getByTestId("backup-saved")).toContainText("/home/alice/permafrost-alice.backup");
    await app.expectFocus();
  });

  test("settings are opened and the theme is chosen, over the system's", async ({ app, page }) => {
    await page.emulateMedia({ colorScheme: "light" });
    await app.open("empty");
    await app.press("Control+,");
    await expect(app.heading).toBeFocused();
    const appearance = page.getByRole("combobox", { name: "Appearance" });
    await app.reach(appearance);
    await page.keyboard.type("Dark");
    expect(await app.called("setPreferences")).toEqual([{ theme: "dark" }]);
    await app.prefer({ theme: "dark" });
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(appearance).toBeFocused();
  });

  test("the app is locked and unlocked", async ({ app, page }) => {
    await app.open("configured");
    await page.keyboard.press("Control+l");
    await app.called("lock");
    await app.publish({ keystore: { kind: "os", status: { state: "locked" }, canSwitch: false } });
    await expect(page.getByLabel("App passphrase")).toBeFocused();
    await page.keyboard.type("correct horse battery");
    await page.keyboard.press("Enter");
    expect(await app.called("unlock")).toEqual(["correct horse battery"]);
    await app.publish({ keystore: { kind: "os", status: { state: "open" }, canSwitch: false } });
    await expect(app.heading).toHaveText("Home");
    await app.expectFocus();
  });

  test("a device is set up at its first start", async ({ app, page }) => {
    await app.open("setup");
    for (let step = 0; step < 3; step++) {
      const on = page.getByRole("button", { name: /^(Continue|Start)/ });
      await app.reach(on);
      await app.press("Enter");
      // Deciding later is what asks for nothing.
      const later = page.getByRole("radio", { name: /later/i });
      if (await later.count()) await later.check();
    }
    await app.called("finishSetup");
    await expect(app.heading).toHaveText("Home");
    await app.expectFocus();
  });
});

test.describe("with the mouse", () => {
  test("an ID is dropped anywhere", async ({ app, page }) => {
    await app.open("verified", "#/wallet/w1");
    await page.evaluate((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.setData("text/plain", text);
      for (const type of ["dragenter", "dragover", "drop"]) {
        document.querySelector("h1")?.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
      }
    }, id);
    await expect(page.getByRole("textbox", { name: "Session ID" })).toHaveValue(id);
    await app.expectFocus();
  });

  test("a picture of a QR code is opened", async ({ app, page }) => {
    await app.open("empty", "#/join");
    const picture = encodeQR(`permafrost:${id}`, "gif", { scale: 8 });
    await page.getByLabel(/picture/i, { exact: false }).and(page.locator("input[type=file]")).setInputFiles({
      name: "code.gif",
      mimeType: "image/gif",
      buffer: Buffer.from(picture),
    });
    await expect(page.getByRole("textbox", { name: "Session ID" })).toHaveValue(new RegExp(id));
    expect(await app.called("inspectSessionId")).toEqual([expect.stringContaining(id)]);
  });
});

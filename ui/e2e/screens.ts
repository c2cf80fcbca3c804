import type { Page } from "@playwright/test";

import type { ScenarioName } from "../src/backend/scenarios";

/** A screen to look at, and what to do there first, such as opening a dialog. */
export type Place = string | { at: string; name: string; first: (page: Page) => Promise<void> };

const session = "#/session/s1";
const wallet = "#/wallet/w1";

const button = (name: string | RegExp) => (page: Page) => page.getByRole("button", { name }).first().click();
const tab = (name: string) => (page: Page) => page.getByRole("tab", { name }).click();
const inOrder =
  (...steps: ((page: Page) => Promise<void>)[]) =>
  async (page: Page) => {
    for (const step of steps) await step(page);
  };
const certificate = async (page: Page) => {
  await tab("Details")(page);
  await page.getByRole("textbox", { name: "Certificate" }).fill("{}");
  await button("Check")(page);
  await page.getByTestId("certificate-valid").scrollIntoViewIfNeeded();
};

const sending = "#/sendBitcoin/w1";
const request21 = "bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.0125&label=Carpenter%20Brown&message=Garden%20fence%2C%20deposit";
/** Fills the payment in and chooses a fee rate of its own. */
const payment = (rate: string) => async (page: Page) => {
  await page.getByRole("textbox", { name: "To" }).fill(request21);
  await page.getByTestId("request-says").waitFor();
  const own = page.getByRole("radio", { name: "Your own" });
  if (await own.count()) await own.check();
  await page.getByRole("textbox", { name: "Fee rate" }).fill(rate);
};
const inFull = inOrder(button("Add a recipient"), async (page) => {
  await page.getByRole("textbox", { name: "To" }).first().fill(request21);
  await page.getByText("Coins", { exact: true }).click();
  await page.getByRole("checkbox").first().check();
});
const raise = inOrder(tab("History"), button("Raise the fee"));
const drafted = async (page: Page) => {
  await page.getByLabel("Recipient").fill("24PNhTaNtomHhoy3fTRaMhAFCRj4uHqhZEEoWrKDbR5p");
  await page.getByLabel("Amount").fill("1.25");
  await button("Review")(page);
  await page.getByTestId("draft").waitFor();
};

/** Where to look in each scenario; one without a place does not compile. */
export const screens: Record<ScenarioName, readonly [Place, ...Place[]]> = {
  empty: ["#/home", "#/create", "#/join", "#/backup", "#/restore", "#/contacts"],
  home: ["#/home", { at: "#/home", name: "menu", first: button(/^Menu of/) }, "#/backup", "#/restore"],
  locked: ["#/home", "#/create"],
  passphrase: ["#/home"],
  fresh: ["#/home"],
  offline: ["#/home"],
  setup: [
    "#/home",
    { at: "#/home", name: "meeting", first: button("Continue") },
    { at: "#/home", name: "restore", first: button(/backup/i) },
    { at: "#/home", name: "keystore", first: inOrder(button("Continue"), button("Continue")) },
  ],
  unused: ["#/settings/security"],
  setupWithoutKeychain: [{ at: "#/home", name: "keystore", first: inOrder(button("Continue"), button("Continue")) }],
  appLocked: ["#/home"],
  contacts: ["#/contacts", { at: "#/contacts", name: "one", first: (page) => page.getByRole("main").getByRole("link").first().click() }],
  configured: ["#/settings/general", "#/settings/device", "#/settings/network", "#/settings/security", "#/settings/diagnostics", "#/settings/shortcuts", "#/settings/about"],
  inviting: [session],
  gathering: [session],
  names: [session],
  pretender: [session, "#/join"],
  proposedByPretender: [session],
  announcing: [session],
  notAnnounced: [session],
  connecting: [session],
  absent: [session],
  agreed: [session],
  cancelled: [session],
  leftUnfinished: [session],
  waiting: [session],
  consent: [session],
  running: [session],
  many: [session],
  failed: [session],
  completed: [session, wallet, { at: wallet, name: "differ", first: button("They don’t match") }],
  verified: [
    wallet,
    { at: wallet, name: "details", first: tab("Details") },
    { at: wallet, name: "certificate", first: certificate },
    { at: wallet, name: "remove", first: inOrder(tab("Details"), button("Remove wallet")) },
    { at: wallet, name: "rename", first: button("Rename") },
    { at: wallet, name: "menu", first: button("Save address") },
  ],
  requests: [
    "#/requests",
    "#/home",
    "#/requests/q1",
    { at: "#/requests/q1", name: "approve", first: button("Approve") },
    { at: "#/requests/q1", name: "reject", first: button("Reject") },
    "#/requests/q2",
    "#/requests/q3",
    "#/requests/q4",
    "#/requests/q5",
    "#/requests/q6",
    "#/sign/w1",
    "#/spend/w1",
    {
      at: "#/verify",
      name: "holds",
      first: inOrder((page) => page.getByRole("textbox").fill("{}"), button("Verify")),
    },
  ],
  spends: ["#/requests", "#/requests/q1", "#/requests/q2", "#/requests/q3", "#/requests/q4"],
  solanaRequests: [
    "#/requests",
    "#/requests/q1",
    { at: "#/requests/q1", name: "approve", first: button("Approve") },
    "#/requests/q2",
    "#/requests/q3",
    "#/requests/q4",
    "#/requests/q5",
    "#/requests/q6",
    "#/requests/q7",
    "#/requests/q8",
    "#/requests/q9",
  ],
  manyMembers: ["#/requests/q1"],
  funded: [
    wallet,
    { at: wallet, name: "history", first: tab("History") },
    { at: wallet, name: "note", first: inOrder(tab("History"), button("Change the note")) },
    { at: wallet, name: "raise", first: raise },
    { at: wallet, name: "raised", first: inOrder(raise, button("Review")) },
    "#/settings/network",
    { at: "#/settings/network", name: "node", first: button("Choose where Signet is looked up") },
    { at: "#/settings/network", name: "node-user", first: button("Change where Regtest is looked up") },
    { at: "#/settings/network", name: "ice", first: button("Add server") },
    { at: "#/settings/network", name: "server", first: button("Change where Testnet4 is looked up") },
    sending,
    { at: sending, name: "missing", first: button("Review") },
    { at: sending, name: "everything", first: button("Everything") },
    { at: sending, name: "full", first: inFull },
    { at: sending, name: "low", first: inOrder(payment("0.5"), button("Review")) },
    { at: sending, name: "usual", first: inOrder(payment("12"), button("Review")) },
    { at: sending, name: "high", first: inOrder(payment("150"), button("Review")) },
    { at: sending, name: "extreme", first: inOrder(payment("2000"), button("Review")) },
  ],
  inSatoshi: [
    "#/home",
    "#/settings/general",
    "#/requests",
    "#/requests/q1",
    { at: wallet, name: "history", first: tab("History") },
    { at: sending, name: "full", first: inFull },
    { at: sending, name: "review", first: inOrder(payment("12"), button("Review")) },
  ],
  unlooked: [wallet, sending],
  scanning: [wallet, sending],
  unreachableNode: [wallet, sending],
  neverLooked: [sending],
  tested: [wallet, sending, { at: sending, name: "review", first: inOrder(payment("3"), button("Review")) }],
  published: ["#/requests/p1", "#/requests/p2", "#/requests/p3", "#/requests/p4", "#/requests/p5", "#/requests/p6", "#/requests/p7", "#/requests/p8", "#/requests/p9", "#/requests/p10", "#/requests"],
  solana: [wallet],
  solanaFunded: [
    wallet,
    { at: wallet, name: "history", first: tab("History") },
    { at: wallet, name: "note", first: inOrder(tab("History"), button("Change the note")) },
    "#/home",
    "#/settings/network",
    { at: "#/settings/network", name: "server", first: button("Choose where Solana Devnet is looked up") },
    "#/sendSolana/w1",
    { at: "#/sendSolana/w1", name: "draft", first: drafted },
  ],
  solanaUnlooked: [wallet, "#/sendSolana/w1"],
  solanaLooking: [wallet, "#/sendSolana/w1"],
  solanaFailed: [wallet],
  raw: [wallet, { at: wallet, name: "members", first: tab("Members") }],
  unfinished: [wallet],
  unusable: ["#/home", wallet],
  signet: [wallet, { at: wallet, name: "members", first: tab("Members") }],
  large: [wallet, { at: wallet, name: "members", first: tab("Members") }],
  beginning: ["#/home", "#/settings/network"],
  hostingFailed: ["#/home", "#/settings/network"],
  quarantined: [wallet],
};

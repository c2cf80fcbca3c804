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

/** Where to look in each scenario; one without a place does not compile. */
export const screens: Record<ScenarioName, readonly [Place, ...Place[]]> = {
  empty: ["#/home", "#/create", "#/join", "#/backup", "#/restore", "#/contacts"],
  home: ["#/home", "#/backup", "#/restore"],
  locked: ["#/home", "#/create"],
  passphrase: ["#/home"],
  fresh: ["#/home"],
  offline: ["#/home"],
  setup: [
    "#/home",
    { at: "#/home", name: "meeting", first: button("Continue") },
    { at: "#/home", name: "restore", first: button(/backup/i) },
  ],
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
  manyMembers: ["#/requests/q1"],
  funded: [wallet, { at: wallet, name: "history", first: tab("History") }, "#/settings/network", { at: "#/settings/network", name: "node", first: button("Choose the node for Signet") }],
  unlooked: [wallet],
  scanning: [wallet],
  unreachableNode: [wallet],
  solana: [wallet],
  raw: [wallet, { at: wallet, name: "members", first: tab("Members") }],
  unfinished: [wallet],
  unusable: ["#/home", wallet],
  signet: [wallet, { at: wallet, name: "members", first: tab("Members") }],
  large: [wallet, { at: wallet, name: "members", first: tab("Members") }],
  beginning: ["#/home", "#/settings/network"],
  hostingFailed: ["#/home", "#/settings/network"],
  quarantined: [wallet],
};

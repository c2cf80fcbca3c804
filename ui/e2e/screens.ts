import { bob } from "../src/backend/samples";
import type { ScenarioName } from "../src/backend/scenarios";

const session = "#/session/s1";
const wallet = "#/wallet/w1";

/** Where to look in each scenario; one without a place does not compile. */
export const screens: Record<ScenarioName, readonly [string, ...string[]]> = {
  empty: ["#/home", "#/create", "#/join", "#/backup", "#/restore", "#/contacts", "#/settings"],
  home: ["#/home", "#/backup", "#/restore"],
  locked: ["#/home", "#/create"],
  passphrase: ["#/home"],
  fresh: ["#/home"],
  offline: ["#/home"],
  waiting: [session],
  consent: [session],
  running: [session],
  many: [session],
  failed: [session],
  completed: [session, wallet],
  inviting: [session],
  gathering: [session],
  names: [session],
  pretender: [session, "#/join"],
  announcing: [session],
  doubtful: [session],
  connecting: [session],
  absent: [session],
  agreed: [session],
  cancelled: [session],
  leftUnfinished: [session],
  verified: [wallet],
  solana: [wallet],
  raw: [wallet],
  unfinished: [wallet],
  unusable: ["#/home", wallet],
  signet: [wallet],
  large: [wallet],
  quarantined: [wallet],
  setup: ["#/home"],
  setupWithoutKeychain: ["#/home"],
  appLocked: ["#/home"],
  contacts: ["#/contacts", `#/contacts/${bob.id}`],
  configured: ["#/settings/device", "#/settings/network", "#/settings/security", "#/settings/diagnostics", "#/settings/shortcuts", "#/settings/about"],
};

import type { ScenarioName } from "../src/backend/scenarios";

const session = "#/session/s1";
const wallet = "#/wallet/w1";

/** Where to look in each scenario; one without a place does not compile. */
export const screens: Record<ScenarioName, readonly [string, ...string[]]> = {
  empty: ["#/home", "#/create", "#/join"],
  home: ["#/home"],
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
  verified: [wallet],
  solana: [wallet],
  raw: [wallet],
  unfinished: [wallet],
  unusable: ["#/home", wallet],
  quarantined: [wallet],
};

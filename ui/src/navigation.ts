import type { ErrorView } from "./bindings/ErrorView";
import type { RequestView } from "./bindings/RequestView";
import type { SessionView } from "./bindings/SessionView";
import type { Snapshot } from "./bindings/Snapshot";
import type { WalletView } from "./bindings/WalletView";

/** The screen that is shown. The protocol's state is not in here, only which part of it is looked at. */
export type Route =
  | { screen: "home" }
  | { screen: "create" }
  /** What was brought to be joined with, by a link, a paste or a drop; it is not part of the address. */
  | { screen: "join"; text?: string; picture?: Blob }
  | { screen: "contacts"; device?: string }
  /** `choosing` is where whom to ask is chosen at once; it is not part of the address. */
  | { screen: "settings"; section?: SettingsSection; choosing?: LookedUp }
  | { screen: "backup" }
  | { screen: "restore" }
  | { screen: "session"; key: string }
  | { screen: "wallet"; id: string }
  | { screen: "requests"; id?: string }
  /** Makes a payment from a Bitcoin wallet. */
  | { screen: "sendBitcoin"; wallet: string }
  /** Asks for a signature of a wallet. */
  | { screen: "sign"; wallet: string }
  /** The same for a transaction from another program. */
  | { screen: "spend"; wallet: string }
  /** Asks for a payment from a Solana wallet. */
  | { screen: "sendSolana"; wallet: string }
  | { screen: "verify" };

export const settingsSections = ["general", "device", "network", "security", "diagnostics", "shortcuts", "about"] as const;

export type SettingsSection = (typeof settingsSections)[number];

/** A network on which wallets are looked up. */
export interface LookedUp {
  chain: "bitcoin" | "solana";
  network: string;
}

/** A screen to which one is led back. */
export type Origin = Extract<Route, { screen: "home" | "wallet" | "requests" | "sendBitcoin" | "sign" | "spend" | "sendSolana" }>;

export const home: Route = { screen: "home" };

/** Where is chosen who is asked about a wallet. */
export function choiceFor({ ciphersuite, network }: WalletView): Route {
  const settings = { screen: "settings", section: "network" } as const;
  if (network === null || ciphersuite === "secp256k1") return settings;
  return { ...settings, choosing: { chain: ciphersuite === "ed25519" ? "solana" : "bitcoin", network } };
}

/** Goes to a screen; what `prefill` has is put into its form. */
export type Go<Prefill = never> = (route: Route, prefill?: Prefill) => Promise<void>;

/** The route as the fragment of an address, so that a reload comes back to it. */
export function hashOf(route: Route): string {
  switch (route.screen) {
    case "home":
    case "create":
    case "join":
    case "backup":
    case "restore":
    case "verify":
      return `#/${route.screen}`;
    case "contacts":
      return withArgument("contacts", route.device);
    case "settings":
      return withArgument("settings", route.section);
    case "session":
      return withArgument("session", route.key);
    case "wallet":
      return withArgument("wallet", route.id);
    case "requests":
      return withArgument("requests", route.id);
    case "sendBitcoin":
    case "sign":
    case "spend":
    case "sendSolana":
      return withArgument(route.screen, route.wallet);
  }
}

function withArgument(screen: string, argument: string | undefined): string {
  return argument === undefined ? `#/${screen}` : `#/${screen}/${encodeURIComponent(argument)}`;
}

/** The route of such a fragment; home if it is none. */
export function routeOf(hash: string): Route {
  const [screen, argument] = hash.replace(/^#\//, "").split("/").map(decoded);
  switch (screen) {
    case "create":
    case "join":
    case "backup":
    case "restore":
    case "verify":
      return { screen };
    case "contacts":
      return argument ? { screen, device: argument } : { screen };
    case "settings": {
      const section = settingsSections.find((known) => known === argument);
      return section ? { screen, section } : { screen };
    }
    case "session":
      return argument ? { screen, key: argument } : home;
    case "wallet":
      return argument ? { screen, id: argument } : home;
    case "requests":
      return argument ? { screen, id: argument } : { screen };
    case "sendBitcoin":
    case "sign":
    case "spend":
    case "sendSolana":
      return argument ? { screen, wallet: argument } : home;
    default:
      return home;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** The screens that `next` leads back through, the latest last, when it is shown after `route`, which has `trail`. */
export function trailOf(next: Route, route: Route, trail: readonly Origin[]): readonly Origin[] {
  const gone = trail.findIndex((origin) => hashOf(origin) === hashOf(next));
  if (gone >= 0) return trail.slice(0, gone);
  if (!leadsBack(next) || !isOrigin(route)) return [];
  return [...(leadsBack(route) ? trail : []), route];
}

/** Whether it is opened for a moment from elsewhere, and left for where one was. */
function leadsBack(route: Route): boolean {
  return route.screen === "requests" ? route.id !== undefined : route.screen === "settings" && route.choosing !== undefined;
}

function isOrigin(route: Route): route is Origin {
  switch (route.screen) {
    case "home":
    case "wallet":
    case "requests":
    case "sendBitcoin":
    case "sign":
    case "spend":
    case "sendSolana":
      return true;
    default:
      return false;
  }
}

/**
 * Where to go when the state changes from `before` to `now` while `route` is shown: from a session that
 * completes to its wallet, from a request that is granted to its session, and away from what is gone.
 */
export function follow(route: Route, before: Snapshot, now: Snapshot): Route {
  // A locked app shows nothing; it comes back to where it was.
  if (before.keystore.status.state === "locked" || now.keystore.status.state === "locked") return route;
  switch (route.screen) {
    case "session": {
      const was = sessionIn(before, route.key);
      const is = sessionIn(now, route.key);
      if (was && !is) return home;
      if (is?.state.state === "completed" && was?.state.state !== "completed") {
        return { screen: "wallet", id: is.state.walletId };
      }
      return route;
    }
    case "wallet": {
      const had = before.wallets.some((wallet) => wallet.id === route.id);
      const has = now.wallets.some((wallet) => wallet.id === route.id);
      return had && !has ? home : route;
    }
    // Where one asks to be let in.
    case "home":
    case "join": {
      const admitted = now.asked.find(
        (asked) =>
          asked.state.state === "admitted" &&
          before.asked.some((earlier) => earlier.id === asked.id && earlier.state.state === "waiting"),
      );
      return admitted?.state.state === "admitted"
        ? { screen: "session", key: admitted.state.session }
        : route;
    }
    case "create":
    case "contacts":
    case "settings":
    case "backup":
    case "restore":
    case "requests":
    case "sendBitcoin":
    case "sign":
    case "spend":
    case "sendSolana":
    case "verify":
      return route;
  }
}

export function sessionIn(snapshot: Snapshot, key: string): SessionView | undefined {
  return snapshot.sessions.find((session) => session.key === key);
}

/** The sessions to list: not those whose wallet stands for them, since its words were compared. */
export function listedSessions({ sessions, wallets }: Snapshot): SessionView[] {
  const settled = new Set(
    wallets
      .filter(({ status }) => status.state === "quarantined" || (status.state === "active" && status.verified))
      .map(({ id }) => id),
  );
  return sessions.filter(({ state }) => state.state !== "completed" || !settled.has(state.walletId));
}

/** Whether a request to sign waits for this device's user. */
export function needsAnswer(request: RequestView): boolean {
  const { state, decision, meaning } = request;
  return state.state === "open" && !state.signing && decision === "undecided" && meaning.kind !== "unreadable" && !isRefused(request);
}

/** Whether so many members will not sign that too few are left, unless one of them changes its answer. */
export function isRefused({ state, members, threshold }: RequestView): boolean {
  const out = members.filter(({ stand }) => stand.kind === "rejected" || stand.kind === "excluded").length;
  return state.state === "open" && !state.signing && members.length - out < threshold;
}

/** Why this device, which is to send a signed Bitcoin transaction, could not do it. */
export function unsentProblem({ meaning }: RequestView): ErrorView | null {
  const publication = meaning.kind === "bitcoin" ? meaning.publication : null;
  return publication?.state === "unsent" && publication.sends ? publication.problem : null;
}

/** Whether a session runs, so that closing the app would end it or leave it. */
export function runs({ state }: SessionView): boolean {
  return state.state === "waiting" || state.state === "inProgress";
}

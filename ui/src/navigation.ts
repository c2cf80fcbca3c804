import type { SessionView } from "./bindings/SessionView";
import type { Snapshot } from "./bindings/Snapshot";

/** The screen that is shown. The protocol's state is not in here, only which part of it is looked at. */
export type Route =
  | { screen: "home" }
  | { screen: "create" }
  | { screen: "join" }
  | { screen: "session"; key: string }
  | { screen: "wallet"; id: string };

export const home: Route = { screen: "home" };

/** The route as the fragment of an address, so that a reload comes back to it. */
export function hashOf(route: Route): string {
  switch (route.screen) {
    case "home":
    case "create":
    case "join":
      return `#/${route.screen}`;
    case "session":
      return `#/session/${encodeURIComponent(route.key)}`;
    case "wallet":
      return `#/wallet/${encodeURIComponent(route.id)}`;
  }
}

/** The route of such a fragment; home if it is none. */
export function routeOf(hash: string): Route {
  const [screen, argument] = hash.replace(/^#\//, "").split("/").map(decoded);
  if (screen === "create" || screen === "join") return { screen };
  if (screen === "session" && argument) return { screen, key: argument };
  if (screen === "wallet" && argument) return { screen, id: argument };
  return home;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/**
 * Where to go when the state changes from `before` to `now` while `route` is shown: from a session that
 * completes to its wallet, from a request that is granted to its session, and away from what is gone.
 */
export function follow(route: Route, before: Snapshot, now: Snapshot): Route {
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
    case "home": {
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
    case "join":
      return route;
  }
}

export function sessionIn(snapshot: Snapshot, key: string): SessionView | undefined {
  return snapshot.sessions.find((session) => session.key === key);
}

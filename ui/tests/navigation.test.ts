import { describe, expect, it } from "vitest";

import { announced, proposal, session, snapshot, stranger, wallet } from "../src/backend/samples";
import { follow, hashOf, home, type Route, routeOf } from "../src/navigation";

const atSession: Route = { screen: "session", key: "s1" };
const atWallet: Route = { screen: "wallet", id: "w1" };
const completed = session({ state: { state: "completed", walletId: "w1", unconfirmed: [] } });

describe("the screen follows the state", () => {
  it("from a session that completes to its wallet", () => {
    const now = snapshot({ sessions: [completed], wallets: [wallet()] });
    expect(follow(atSession, snapshot({ sessions: [session()] }), now)).toEqual(atWallet);
  });

  it("but lets a completed session be looked at again", () => {
    const now = snapshot({ sessions: [completed], wallets: [wallet()] });
    expect(follow(atSession, now, now)).toBe(atSession);
  });

  it("not to a session that is not listed yet, since it was created a moment ago", () => {
    expect(follow(atSession, snapshot(), snapshot())).toBe(atSession);
  });

  it("home from a session or a wallet that is gone", () => {
    expect(follow(atSession, snapshot({ sessions: [session()] }), snapshot())).toEqual(home);
    expect(follow(atWallet, snapshot({ wallets: [wallet()] }), snapshot())).toEqual(home);
  });

  it("to the session that this device was let into, from where one asks", () => {
    const { id } = announced();
    const before = snapshot({ asked: [{ id, proposal: proposal(), recognition: stranger, state: { state: "waiting", deadline: 0 } }] });
    const now = snapshot({ asked: [{ id, proposal: proposal(), recognition: stranger, state: { state: "admitted", session: "s1" } }] });
    expect(follow(home, before, now)).toEqual(atSession);
    expect(follow({ screen: "join" }, before, now)).toEqual(atSession);
    expect(follow(home, now, now), "once only").toEqual(home);
    expect(follow({ screen: "create" }, before, now), "not away from a form").toEqual({ screen: "create" });
  });
});

describe("a route survives a reload", () => {
  it.each<Route>([home, { screen: "create" }, { screen: "join" }, { screen: "session", key: "a/b %" }, atWallet])(
    "%o",
    (route) => {
      expect(routeOf(hashOf(route))).toEqual(route);
    },
  );

  it.each(["", "#/", "#/nowhere", "#/session", "#/wallet/", "#/session/%E0%A4%A"])("and %o is home", (hash) => {
    expect(routeOf(hash)).toEqual(home);
  });
});

import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";

import App from "../src/App.svelte";
import { FakeBackend } from "../src/backend/fake";
import { snapshot } from "../src/backend/samples";
import type { Snapshot } from "../src/bindings/Snapshot";
import { hashOf, type Route } from "../src/navigation";

/** The whole app on a fake backend, opened at `route`. */
export function open(route: Route, state: Partial<Snapshot> = {}) {
  const backend = new FakeBackend(snapshot(state));
  location.hash = hashOf(route);
  const user = userEvent.setup();
  return { backend, user, ...render(App, { backend }) };
}

export const home: Route = { screen: "home" };
export const atSession: Route = { screen: "session", key: "s1" };
export const atWallet: Route = { screen: "wallet", id: "w1" };

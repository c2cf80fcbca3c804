import { cleanup, waitFor } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, it } from "vitest";

import { scenarios } from "../src/backend/scenarios";
import type { Snapshot } from "../src/bindings/Snapshot";
import type { Route } from "../src/navigation";
import { home, open } from "./app";

/** Every screen that shows something of a state. */
function screens({ wallets, requests, sessions }: Snapshot): Route[] {
  return [
    home,
    ...wallets.map(({ id }): Route => ({ screen: "wallet", id })),
    ...wallets.map(({ id, ciphersuite }): Route => ({ screen: ciphersuite === "ed25519" ? "sendSolana" : "sendBitcoin", wallet: id })),
    ...requests.map(({ id }): Route => ({ screen: "requests", id })),
    ...sessions.map(({ key }): Route => ({ screen: "session", key })),
  ];
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

describe("a snapshot that tells nothing new asks the device nothing", () => {
  // Each answer is followed by a snapshot, so that one question for each snapshot would never end.
  it.each(Object.entries(scenarios))("%s", async (_, state) => {
    for (const route of screens(state())) {
      const { backend } = open(route, state());
      await waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
      await settled();
      const asked = [...backend.calls, ...backend.background].length;
      for (let i = 0; i < 3; i++) {
        // As it comes over the channel: other objects with the same in them.
        backend.publish(structuredClone(backend.current));
        await tick();
        await settled();
      }
      expect([...backend.calls, ...backend.background].slice(asked), JSON.stringify(route)).toEqual([]);
      cleanup();
    }
  });
});

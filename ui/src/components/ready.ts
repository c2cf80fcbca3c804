import type { Snapshot } from "../bindings/Snapshot";

/** Whether this device can take part in sessions: its keystore is open and it knows a server. */
export function ready(snapshot: Snapshot): boolean {
  return snapshot.keystore.status.state === "open" && snapshot.server.url !== null;
}

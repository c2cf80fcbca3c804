import type { Snapshot } from "./bindings/Snapshot";

/** Whether this device can be locked: it has a passphrase that unlocks it again, and is open. */
export function lockable({ keystore, settings }: Snapshot): boolean {
  return keystore.status.state === "open" && (keystore.kind === "vault" || settings.appPassphrase);
}

import { readable, type Readable } from "svelte/store";

import type { Snapshot } from "../bindings/Snapshot";
import { type Backend, BackendError } from "./backend";

/** What is known of this device: nothing yet, all of it, or why it could not be opened. */
export type Device =
  | { state: "starting" }
  | { state: "running"; snapshot: Snapshot }
  | { state: "failed"; error: BackendError };

/** The one source of everything that the interface shows. */
export function deviceOf(backend: Backend): Readable<Device> {
  return readable<Device>({ state: "starting" }, (set) => {
    let stopped = false;
    let unsubscribe: (() => void) | undefined;
    let newest = -1;
    backend
      .subscribe((snapshot) => {
        if (stopped || snapshot.revision < newest) return;
        newest = snapshot.revision;
        set({ state: "running", snapshot });
      })
      .then(
        (end) => {
          if (stopped) end();
          else unsubscribe = end;
        },
        (cause: unknown) => {
          if (!stopped) set({ state: "failed", error: BackendError.from(cause) });
        },
      );
    return () => {
      stopped = true;
      unsubscribe?.();
    };
  });
}

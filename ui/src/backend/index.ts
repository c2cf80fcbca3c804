import type { Backend } from "./backend";
import { tauri } from "./tauri";

export { type Backend, BackendError } from "./backend";
export { provideBackend, useBackend } from "./context";
export { type Device, deviceOf } from "./device";

/** The device behind this window; with `vite --mode fake`, a scenario named in the address. */
export async function connect(): Promise<Backend> {
  if (import.meta.env.MODE === "fake") return (await import("./scenarios")).scenario(location.search);
  return tauri;
}

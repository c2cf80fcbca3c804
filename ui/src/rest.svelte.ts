import { loadErrors } from "./messages";

/** All that the first screen does without. It is read from the app itself, once that screen is up. */
type Rest = typeof import("./rest");

let loaded = $state.raw<Rest>();
let loading: Promise<void> | undefined;

/** The rest of the interface, once it is loaded. */
export function rest(): Rest | undefined {
  return loaded;
}

/** Loads it, unless that was done; resolves when it is there. */
export async function loadRest(): Promise<void> {
  loading ??= Promise.all([import("./rest"), loadErrors()]).then(([module]) => void (loaded = module));
  await loading;
}

import { createContext } from "svelte";

import type { Backend } from "./backend";

/** How components reach the backend: the one that `App` was given. */
export const [useBackend, provideBackend] = createContext<Backend>();

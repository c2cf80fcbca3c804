import type { RoundName } from "../../bindings/RoundName";

const order: Record<RoundName, number> = { joining: 0, roster: 1, round1: 2, echo: 3, round2: 4, round3: 5, commit: 6 };

/** The protocol's steps, in order; the record above makes sure that none is missing. */
export const roundOrder = (Object.keys(order) as RoundName[]).sort((a, b) => order[a] - order[b]);

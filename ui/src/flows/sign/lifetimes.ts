/** For how long a request can be approved, in seconds. */
export const lifetimes = { hour: 3_600, day: 86_400, week: 604_800 } as const;
export type Lifetime = keyof typeof lifetimes;

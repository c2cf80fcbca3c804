const conjunction = new Intl.ListFormat("en", { type: "conjunction" });

export const list = (names: readonly string[]) => conjunction.format(names);

export const devices = (count: number) => (count === 1 ? "1 device" : `${count} devices`);

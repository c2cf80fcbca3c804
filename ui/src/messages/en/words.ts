import { decimalIn } from "../decimal";

const conjunction = new Intl.ListFormat("en", { type: "conjunction" });
const disjunction = new Intl.ListFormat("en", { type: "disjunction" });

export const decimal = decimalIn("en");

export const list = (names: readonly string[]) => conjunction.format(names);
export const choice = (names: readonly string[]) => disjunction.format(names);

export const devices = (count: number) => (count === 1 ? "1 device" : `${count} devices`);

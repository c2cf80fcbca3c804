import { decimalIn } from "../decimal";

const conjunction = new Intl.ListFormat("de", { type: "conjunction" });
const disjunction = new Intl.ListFormat("de", { type: "disjunction" });

export const decimal = decimalIn("de");

export const list = (names: readonly string[]) => conjunction.format(names);
export const choice = (names: readonly string[]) => disjunction.format(names);

/** „1 Gerät“, „3 Geräte“; im Dativ „3 Geräten“. */
export const devices = (count: number) => (count === 1 ? "1 Gerät" : `${count} Geräte`);
export const ofDevices = (count: number) => (count === 1 ? "1 Gerät" : `${count} Geräten`);

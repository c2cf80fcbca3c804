/** Writes decimal numbers, exact and without a sign, as a language does: with its point, and whole thousands in groups. */
export function decimalIn(language: string): (number: string) => string {
  const format = new Intl.NumberFormat(language);
  const point = format.formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";
  return (number) => {
    const [, whole, part] = /^(\d+)(?:\.(\d+))?$/.exec(number) ?? [];
    if (whole === undefined) return number;
    return format.format(BigInt(whole)) + (part === undefined ? "" : point + part);
  };
}

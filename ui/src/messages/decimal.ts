/**
 * Writes decimal numbers, exact and without a sign, with a language's point. Groups of three digits stand apart by a narrow
 * blank: the mark that a language has between them is the point in others.
 */
export function decimalIn(language: string): (number: string) => string {
  const point = new Intl.NumberFormat(language).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";
  return (number) => {
    const [, whole, part] = /^(\d+)(?:\.(\d+))?$/.exec(number) ?? [];
    if (whole === undefined) return number;
    return whole.replace(/\B(?=(?:\d{3})+$)/g, "\u202f") + (part === undefined ? "" : point + part);
  };
}

import { decimalIn } from "./decimal";
import { currentLanguage, m } from "./language.svelte";

/** A duration of `milliseconds` as people read it, never negative. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return m.time.seconds(seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return m.time.minutes(minutes, String(seconds % 60).padStart(2, "0"));
  return m.time.hours(Math.floor(minutes / 60), minutes % 60);
}

/** Whole minutes, spelled out. */
export function minutes(count: number): string {
  return new Intl.NumberFormat(currentLanguage(), { style: "unit", unit: "minute", unitDisplay: "long" }).format(count);
}

/** A number without a unit, exact. */
export function decimal(number: string): string {
  return decimalIn(currentLanguage())(number);
}

/** A day as people read it. */
export function day(timestamp: number): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "long" }).format(timestamp);
}

/** A day and the time of day. */
export function moment(timestamp: number): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "long", timeStyle: "short" }).format(timestamp);
}

import type { Labels } from "./bindings/Labels";
import { m } from "./messages";

/** The texts of the system's menus and of the tray. */
export function menuLabels(): Labels {
  const { home, create, join, contacts, settings } = m.app;
  return { ...m.menu, requests: m.requests.short, home, create, join, contacts, settings };
}

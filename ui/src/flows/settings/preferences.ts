import type { Preferences } from "../../bindings/Preferences";
import type { SettingsView } from "../../bindings/SettingsView";

/** The settings that can be set as they are, with a change. */
export function changed(settings: SettingsView, change: Partial<Preferences>): Preferences {
  const { language, theme, relayOnly, autoLockMinutes, lockWithSystem, notifications, tray, logLevel } = settings;
  return { language, theme, relayOnly, autoLockMinutes, lockWithSystem, notifications, tray, logLevel, ...change };
}

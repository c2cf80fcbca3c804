import type { KeystoreView } from "../bindings/KeystoreView";
import type { Mark } from "./labels";
import { unreachable } from "../exhaustive";
import { m } from "../messages";

export const longestName = 60;
const shortestPassphrase = 8;
const shortestAppPassphrase = 10;

/** What is wrong with a device's name, if anything. */
export function checkDeviceName(name: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed === "") return m.device.nameMissing;
  if ([...trimmed].length > longestName) return m.device.nameTooLong(longestName);
  return undefined;
}

/** What is wrong with a server's address, if anything. */
export function checkServer(url: string): string | undefined {
  const trimmed = url.trim();
  if (trimmed === "") return m.server.missing;
  if (!/^wss?:\/\/[^\s/]/i.test(trimmed) || !URL.canParse(trimmed)) return m.server.malformed;
  // What is refused later is shown with its address.
  const { username, password } = new URL(trimmed);
  if (username !== "" || password !== "" || trimmed.includes("@")) return m.server.userinfo;
  return undefined;
}

/** The port of a server on this computer, unless another one is chosen. */
export const usualPort = 9710;

/** What is wrong with a port, if anything. */
export function checkPort(port: string): string | undefined {
  const number = Number(port.trim());
  return /^\d{1,5}$/.test(port.trim()) && number >= 1 && number <= 65_535 ? undefined : m.hosting.portMalformed;
}

/** What is wrong with a passphrase and, for a fresh vault, with its repetition. */
export function checkPassphrase(
  passphrase: string,
  repeated: string | undefined,
): { passphrase?: string; repeat?: string } {
  if (passphrase === "") return { passphrase: m.keystore.passphraseMissing };
  if (repeated === undefined) return {};
  if ([...passphrase].length < shortestPassphrase) {
    return { passphrase: m.keystore.passphraseShort(shortestPassphrase) };
  }
  return passphrase === repeated ? {} : { repeat: m.keystore.passphraseDiffers };
}

/** What is wrong with a new app passphrase and its repetition. */
export function checkNewPassphrase(passphrase: string, repeated: string): { passphrase?: string; repeat?: string } {
  if (passphrase === "") return { passphrase: m.keystore.passphraseMissing };
  if ([...passphrase].length < shortestAppPassphrase) {
    return { passphrase: m.keystore.passphraseShort(shortestAppPassphrase) };
  }
  return passphrase === repeated ? {} : { repeat: m.keystore.passphraseDiffers };
}

export function keystoreMark({ status }: KeystoreView): Mark {
  switch (status.state) {
    case "open":
      return { tone: "ok", text: m.keystore.open };
    case "needsPassphrase":
      return { tone: "warning", text: status.fresh ? m.keystore.noVault : m.keystore.needsPassphrase };
    case "locked":
      return { tone: "warning", text: m.keystore.needsPassphrase };
    case "unavailable":
      return { tone: "danger", text: m.keystore.unavailable };
    default:
      return unreachable(status);
  }
}

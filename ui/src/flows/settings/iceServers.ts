import type { IceServerEntry } from "../../bindings/IceServerEntry";
import type { IceServerView } from "../../bindings/IceServerView";
import { m } from "../../messages";

/** A STUN or TURN server as its form holds it. */
export interface IceForm {
  url: string;
  username: string;
  credential: string;
}

export type IceErrors = Partial<Record<keyof IceForm, string>>;

export function isTurn(url: string): boolean {
  return /^turn:/i.test(url.trim());
}

/** What is wrong with each field. `stored`: the server that is changed, whose credential may be kept. */
export function checkIceServer({ url, username, credential }: IceForm, stored?: IceServerView): IceErrors {
  const errors: IceErrors = {};
  // The rest is checked by the device, which says more about it.
  if (!/^(stun|turn)s?:[^\s/]+$/i.test(url.trim())) errors.url = m.ice.malformed;
  if (!isTurn(url)) return errors;
  if (username.trim() === "") errors.username = m.ice.usernameMissing;
  if (credential === "" && !keeps({ url, username, credential }, stored)) errors.credential = m.ice.credentialMissing;
  return errors;
}

/** Whether the stored credential goes on to be used: it belongs to a URL and a user name. */
export function keeps({ url, username }: IceForm, stored: IceServerView | undefined): boolean {
  return stored?.hasCredential === true && stored.url === url.trim() && stored.username === username.trim();
}

export function entryOf({ url, username, credential }: IceForm): IceServerEntry {
  return isTurn(url)
    ? { url: url.trim(), username: username.trim(), credential: credential === "" ? null : credential }
    : { url: url.trim(), username: null, credential: null };
}

/** A server that stays as it is. */
export function kept({ url, username }: IceServerView): IceServerEntry {
  return { url, username, credential: null };
}

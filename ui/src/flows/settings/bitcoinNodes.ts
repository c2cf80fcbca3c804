import type { ChainSource } from "../../bindings/ChainSource";

/** Whether the stored password goes on to be used, as the device decides: it belongs to a user at a host, and stays encrypted where it was. */
export function keepsPassword(url: string, user: string, source: ChainSource | null): boolean {
  if (source?.kind !== "nodeWithUser" || !source.hasPassword || source.user !== user.trim()) return false;
  if (!URL.canParse(url.trim())) return false;
  const [now, before] = [new URL(url.trim()), new URL(source.url)];
  return now.hostname === before.hostname && !(before.protocol === "https:" && now.protocol !== "https:");
}

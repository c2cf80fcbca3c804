import type { ContactView } from "../../bindings/ContactView";
import { longestName } from "../../components/forms";
import type { Mark } from "../../components/labels";
import { m } from "../../messages";

/** Those whose name, own name or fingerprint has what is searched for. */
export function matching(contacts: readonly ContactView[], search: string): readonly ContactView[] {
  const wanted = search.trim().toLocaleLowerCase();
  if (wanted === "") return contacts;
  return contacts.filter(({ device, claimedName }) =>
    [device.name, claimedName, device.fingerprint.join(" ")].some((text) => text.toLocaleLowerCase().includes(wanted)),
  );
}

export function contactMark({ verified }: ContactView): Mark {
  return verified ? { tone: "ok", text: m.contacts.verified } : { tone: "plain", text: m.contacts.unverified };
}

/** What is wrong with the name that a contact is to have here, if anything. */
export function checkContactName(name: string): string | undefined {
  const trimmed = name.trim();
  if (trimmed === "") return m.contacts.nameMissing;
  return [...trimmed].length > longestName ? m.device.nameTooLong(longestName) : undefined;
}

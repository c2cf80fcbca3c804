import { type Backend, BackendError } from "../../backend";

/** What somebody pasted or dropped: a text, or a file that should be a picture. */
export type Offer = { text: string } | { picture: Blob };

/** More than a message with a session ID ever has; beyond it nothing is looked at. */
const mostText = 16 * 1024;

/** What `data` holds that could have a session ID in it. */
export function offerOf(data: DataTransfer | null): Offer | undefined {
  if (!data) return undefined;
  const text = data.getData("text/plain") || data.getData("text/uri-list");
  // A copied picture often comes with its address as a text, a copied text with a picture of itself never.
  const picture = [...data.files].find(({ type }) => type.startsWith("image/")) ?? data.files[0];
  if (picture) return { picture };
  return text.trim() === "" ? undefined : { text: text.slice(0, mostText) };
}

/** Whether a drag brings something that could be joined with. */
export function mayOffer(data: DataTransfer | null): boolean {
  return data !== null && data.types.some((type) => type === "Files" || type === "text/plain" || type === "text/uri-list");
}

/** Whether `text` holds a session ID or what should have been one; the device knows. */
export async function concernsSession(backend: Backend, text: string): Promise<boolean> {
  try {
    await backend.inspectSessionId(text);
    return true;
  } catch (cause) {
    return BackendError.from(cause).code !== "session_id_not_found";
  }
}

/** Whether text that is pasted at `target` belongs into a field there. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !notTyped.has(target.type);
}

const notTyped = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);

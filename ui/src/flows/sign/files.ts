import type { BackendError } from "../../backend";
import type { FileView } from "../../bindings/FileView";
import { errorText, m } from "../../messages";

/** What a file's failure says to people. */
export function fileError(error: BackendError): string {
  if (error.code !== "not_read") return errorText(error);
  return error.parts.length === 0 ? m.requests.compare.unreadable : `${m.requests.compare.unreadable} ${errorText(error)}`;
}

/** Whether a copy is the file that is meant, whatever its name. */
export function sameFile(copy: FileView | undefined, file: Pick<FileView, "size" | "sha256">): boolean {
  return copy?.sha256 === file.sha256 && copy.size === file.size;
}

/** The file that a signed text stands for, if it is in that form. */
export function fileIn(text: string): { size: number; sha256: string } | undefined {
  const found = /^File [^\n]+\nSize (\d{1,20}) bytes\nSHA-256 ([0-9a-f]{64})$/.exec(text);
  return found?.[1] && found[2] ? { size: Number(found[1]), sha256: found[2] } : undefined;
}

/** The bytes of a PSBT, which is how other programs keep it in files. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** What a PSBT's file says in base64: its bytes, or a text that is in it already. */
export function base64Of(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return text.startsWith("psbt") ? btoa(text) : text.trim();
}

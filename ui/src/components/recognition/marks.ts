import type { Recognition } from "../../bindings/Recognition";
import { unreachable } from "../../exhaustive";
import { m } from "../../messages";
import type { IconName } from "../Icon.svelte";
import type { Mark } from "../labels";

/** What is known of a device, in a word; nothing of this device itself. */
export function recognitionMark(recognition: Recognition): (Mark & { icon: IconName }) | undefined {
  switch (recognition.kind) {
    case "own":
      return undefined;
    case "stranger":
      return { tone: "plain", icon: "person", text: m.recognition.stranger };
    case "known":
      return recognition.verified
        ? { tone: "ok", icon: "shieldCheck", text: m.recognition.verified }
        : { tone: "info", icon: "personKnown", text: m.recognition.known };
    case "nameTaken":
      return { tone: "danger", icon: "warning", text: m.recognition.nameTaken };
    default:
      return unreachable(recognition);
  }
}

/** Whether its words are to be compared before anything is done with it. */
export function mustCompare(recognition: Recognition): boolean {
  return recognition.kind === "stranger" || recognition.kind === "nameTaken";
}

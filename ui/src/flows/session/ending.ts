import type { ErrorView } from "../../bindings/ErrorView";

/** How this device's own person ended a session, as its failure says; none if somebody or something else did. */
export function ownEnding({ parts }: ErrorView): "cancelled" | "left" | undefined {
  for (const { id } of parts) {
    if (id === "youCancelled" || id === "youEnded") return "cancelled";
    if (id === "youLeft") return "left";
  }
  return undefined;
}

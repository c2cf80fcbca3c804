import type { ContactView } from "../../bindings/ContactView";
import type { MeaningView } from "../../bindings/MeaningView";
import type { Recognition } from "../../bindings/Recognition";
import type { RequestView } from "../../bindings/RequestView";
import type { Snapshot } from "../../bindings/Snapshot";
import type { StandView } from "../../bindings/StandView";
import type { IconName } from "../../components/Icon.svelte";
import type { Mark } from "../../components/labels";
import { unreachable } from "../../exhaustive";
import { m } from "../../messages";
import { isRefused } from "../../navigation";

/** What kind of thing is asked for, in a few words. */
export function requestTitle(meaning: MeaningView): string {
  switch (meaning.kind) {
    case "message":
      return meaning.file ? m.requests.kind.file : m.requests.kind.text;
    default:
      return m.requests.kind[meaning.kind];
  }
}

export function requestIcon(meaning: MeaningView): IconName {
  switch (meaning.kind) {
    case "message":
      return meaning.file ? "file" : "signature";
    case "bitcoin":
      return "bitcoin";
    case "solana":
      return "coins";
    case "unreadable":
      return "warning";
    default:
      return unreachable(meaning);
  }
}

export function requestMark(request: RequestView): Mark {
  const { state, decision, meaning } = request;
  switch (state.state) {
    case "open":
      if (state.signing) return { tone: "info", text: m.requests.mark.signing };
      if (decision === "rejected") return { tone: "plain", text: m.requests.mark.rejected };
      if (isRefused(request)) return { tone: "plain", text: m.requests.mark.refused };
      return decision === "undecided" && meaning.kind !== "unreadable"
        ? { tone: "warning", text: m.requests.mark.yours }
        : { tone: "info", text: m.requests.mark.waiting };
    case "signed":
      return { tone: "ok", text: m.requests.mark.signed, icon: "check" };
    case "cancelled":
    case "superseded":
    case "expired":
      return { tone: "plain", text: m.requests.mark[state.state] };
    default:
      return unreachable(state);
  }
}

export function standMark(stand: StandView): Mark & { icon: IconName } {
  const text = m.requests.stand[stand.kind];
  switch (stand.kind) {
    case "undecided":
      return { tone: "plain", text, icon: "clock" };
    case "approved":
      return { tone: "ok", text, icon: "check" };
    case "rejected":
      return { tone: "warning", text, icon: "cross" };
    case "signing":
      return { tone: "info", text, icon: "signature" };
    case "signed":
      return { tone: "ok", text, icon: "signature" };
    case "excluded":
      return { tone: "danger", text, icon: "warning" };
    default:
      return unreachable(stand);
  }
}

/** What this device knows of a member. */
export function recognised(device: string, { device: own, contacts }: Pick<Snapshot, "device" | "contacts">): Recognition {
  if (device === own.id) return { kind: "own" };
  const contact: ContactView | undefined = contacts.find((each) => each.device.id === device);
  return contact ? { kind: "known", verified: contact.verified } : { kind: "stranger" };
}

import type { ContactView } from "../../bindings/ContactView";
import type { MeaningView } from "../../bindings/MeaningView";
import type { PublicationView } from "../../bindings/PublicationView";
import type { Recognition } from "../../bindings/Recognition";
import type { RequestState } from "../../bindings/RequestState";
import type { RequestView } from "../../bindings/RequestView";
import type { Snapshot } from "../../bindings/Snapshot";
import type { StandView } from "../../bindings/StandView";
import type { TransferState } from "../../bindings/TransferState";
import type { IconName } from "../../components/Icon.svelte";
import type { Mark } from "../../components/labels";
import { unreachable } from "../../exhaustive";
import { m } from "../../messages";
import { isRefused, type Origin, type Route } from "../../navigation";

/** What kind of thing is asked for, in a few words. */
export function requestTitle(meaning: MeaningView): string {
  switch (meaning.kind) {
    case "message":
      return meaning.file ? m.requests.kind.file : m.requests.kind.text;
    case "solana":
      return meaning.token ? m.requests.kind.tokens : m.requests.kind.solana;
    case "bitcoin":
    case "unreadable":
      return m.requests.kind[meaning.kind];
    default:
      return unreachable(meaning);
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
      return outcomeMark(meaning);
    case "cancelled":
    case "superseded":
    case "expired":
      return { tone: "plain", text: m.requests.mark[state.state] };
    default:
      return unreachable(state);
  }
}

/** What became of what was signed, as far as this device knows. */
function outcomeMark(meaning: MeaningView): Mark {
  if (meaning.kind === "bitcoin" && meaning.publication) return publicationMark(meaning.publication);
  if (meaning.kind === "solana" && meaning.transfer) return transferMark(meaning.transfer.state);
  return { tone: "ok", text: m.requests.mark.signed, icon: "check" };
}

function publicationMark(publication: PublicationView): Mark {
  switch (publication.state) {
    case "unknown":
      return { tone: "info", text: m.requests.mark.signed };
    case "unsent":
      if (publication.problem) return { tone: "warning", text: m.publication.problem };
      return { tone: publication.sends ? "info" : "warning", text: m.publication.unsent };
    case "pending":
      return { tone: "info", text: m.publication.pending };
    case "confirmed":
      return { tone: "ok", text: m.publication.confirmed, icon: "check" };
    case "replaced":
      return { tone: "plain", text: m.requests.mark.replaced };
    default:
      return unreachable(publication);
  }
}

function transferMark(state: TransferState): Mark {
  switch (state.state) {
    case "pending":
      return { tone: "info", text: m.transfer.pending };
    case "included":
      return { tone: "ok", text: m.publication.confirmed, icon: "check" };
    case "failed":
      return { tone: "danger", text: m.solana.failed, icon: "warning" };
    case "expired":
      return { tone: "plain", text: m.requests.mark.expired };
    case "unknown":
      return { tone: "warning", text: m.requests.mark.unknown };
    default:
      return unreachable(state);
  }
}

/** Whom an open request waits for, with this device's own person as the last one. */
export function awaited(state: RequestState): string[] {
  if (state.state !== "open") return [];
  return state.waitingForThis ? [...state.waitingFor, m.requests.yourself] : state.waitingFor;
}

/** Whom a request waits for that is not being signed yet: each of them, or so many of them as are enough. */
export function waitingText({ state, members, threshold }: RequestView): string {
  const all = m.requests.state.waiting(awaited(state));
  if (state.state !== "open") return all;
  const ready = members.filter(({ stand, linked }) => linked && hasApproved(stand)).length;
  const missing = threshold - ready;
  const names = state.waitingForThis ? [m.requests.yourself, ...state.waitingFor] : state.waitingFor;
  if (missing <= 0 || missing >= names.length) return all;
  // Of who approved already, only their device is missing.
  const isApprovalMissing = members.every(({ stand, linked }) => linked || !hasApproved(stand));
  return isApprovalMissing ? m.requests.state.approvals(missing, names) : m.requests.state.someOf(missing, names);
}

const hasApproved = ({ kind }: StandView) => kind === "approved" || kind === "signing" || kind === "signed";

/** A payment that another one is to replace. */
export interface Replaced {
  /** The request for it. */
  id: string;
  createdAt: number;
  sent: number;
  fee: number;
}

/** The payment that waits for a block, whose place a request's would take by paying a higher fee. */
export function replacedBy({ state, meaning, conflicts }: RequestView, requests: readonly RequestView[]): Replaced | undefined {
  if (state.state !== "open" || meaning.kind !== "bitcoin") return undefined;
  for (const other of requests) {
    if (!conflicts.includes(other.id) || other.state.state !== "signed" || other.meaning.kind !== "bitcoin") continue;
    const standing = other.meaning.publication?.state;
    if ((standing === "pending" || standing === "unsent") && meaning.fee > other.meaning.fee) return { id: other.id, createdAt: other.createdAt, sent: other.meaning.sent, fee: other.meaning.fee };
  }
  return undefined;
}

/** `open`: the request still is, so that who has not answered may yet do so. */
export function standMark(stand: StandView, open: boolean): Mark & { icon: IconName } {
  const text = m.requests.stand[stand.kind];
  switch (stand.kind) {
    case "undecided":
      return open ? { tone: "plain", text, icon: "clock" } : { tone: "plain", text: m.requests.stand.unanswered, icon: "minus" };
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

/** Where a request leads back to that was opened `from` there, and what the link says. */
export function wayBack(from: Origin): { to: Route; text: string } {
  switch (from.screen) {
    case "home":
      return { to: from, text: m.app.back };
    case "wallet":
      return { to: from, text: m.sign.back };
    case "requests":
      return { to: from, text: from.id === undefined ? m.requests.back : m.requests.backToOne };
    // What was entered there is done with.
    case "sendBitcoin":
    case "sign":
    case "spend":
    case "sendSolana":
      return { to: { screen: "wallet", id: from.wallet }, text: m.sign.back };
  }
}

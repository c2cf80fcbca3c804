import type { CiphersuiteView } from "../bindings/CiphersuiteView";
import type { ErrorView } from "../bindings/ErrorView";
import type { SessionView } from "../bindings/SessionView";
import type { WalletView } from "../bindings/WalletView";
import { unreachable } from "../exhaustive";
import { m } from "../messages";
import type { IconName } from "./Icon.svelte";
import type { Tone } from "./Notice.svelte";

/** A word on where something stands, and how loud it is. */
export interface Mark {
  tone: Tone | "plain";
  text: string;
  icon?: IconName;
}

/** What stands for the purpose of a key. */
export const chainIcon: Record<CiphersuiteView, IconName> = { "secp256k1-tr": "bitcoin", ed25519: "coins", secp256k1: "signature" };

/** How a session can end without anything being wrong. */
const peaceful = new Set(["left", "cancelled", "session_cancelled", "session_finished", "session_full", "closed"]);

export function failureTone({ code }: ErrorView): Tone {
  return peaceful.has(code) ? "info" : "danger";
}

export function sessionMark({ state }: SessionView): Mark {
  switch (state.state) {
    case "waiting":
      return { tone: "plain", text: m.session.state.waiting };
    case "inProgress":
      return { tone: "info", text: m.session.state.inProgress };
    case "completed":
      return { tone: "ok", text: m.session.state.completed };
    case "failed":
      return {
        tone: failureTone(state.error) === "danger" ? "danger" : "plain",
        text: m.session.state.failed,
      };
    default:
      return unreachable(state);
  }
}

export function sessionTitle(session: SessionView): string {
  return session.proposal?.name ?? m.session.untitled;
}

export function walletMark({ status }: WalletView): Mark {
  switch (status.state) {
    case "active":
      return status.verified
        ? { tone: "ok", text: m.wallet.state.verified, icon: "shieldCheck" }
        : { tone: "warning", text: m.wallet.state.unverified, icon: "shieldAlert" };
    case "unfinished":
      return { tone: "plain", text: m.wallet.state.unfinished, icon: "clock" };
    case "quarantined":
      return { tone: "danger", text: m.wallet.state.quarantined, icon: "warning" };
    case "unusable":
      return { tone: "danger", text: m.wallet.state.unusable, icon: "warning" };
    default:
      return unreachable(status);
  }
}

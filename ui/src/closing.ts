import type { RequestView } from "./bindings/RequestView";
import type { SessionView } from "./bindings/SessionView";
import type { Snapshot } from "./bindings/Snapshot";
import { runs } from "./navigation";

/** What closing the app would end or interrupt; the shell asks about the same. */
export interface Affected {
  sessions: readonly SessionView[];
  /** Signatures that are being made, with this device. */
  signatures: readonly RequestView[];
  /** Others meet through this computer. */
  hosting: boolean;
  count: number;
}

export function affectedByClosing({ sessions, requests, hosting }: Snapshot): Affected {
  const running = sessions.filter(runs);
  const signatures = requests.filter(
    ({ own, decision, state }) => (own || decision === "approved") && state.state === "open" && state.signing,
  );
  const hosts = hosting.state === "on";
  return { sessions: running, signatures, hosting: hosts, count: running.length + signatures.length + Number(hosts) };
}

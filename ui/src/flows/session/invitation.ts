import type { ProposalView } from "../../bindings/ProposalView";
import { isTestNetwork, networkName } from "../../components/network/networks";
import { m } from "../../messages";

/** The link that opens the session in Permafrost; what its QR code says. */
export function linkOf(sessionId: string): string {
  return `permafrost:join/${sessionId}`;
}

/** A message to send to others, which can be pasted as a whole. */
export function invitationOf(proposal: ProposalView, sessionId: string): string {
  const { name, threshold, participants } = proposal;
  return m.session.invite.message(name, kindOf(proposal), m.session.invite.rule(threshold, participants), sessionId);
}

function kindOf({ ciphersuite, network }: ProposalView): string {
  if (ciphersuite === "secp256k1") return m.session.invite.keyKind;
  const chain = m.chain[ciphersuite].name;
  return isTestNetwork(network) ? m.session.invite.testKind(chain, networkName(network)) : m.session.invite.kind(chain);
}

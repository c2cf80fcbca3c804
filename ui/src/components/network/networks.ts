import type { CiphersuiteView } from "../../bindings/CiphersuiteView";
import { m } from "../../messages";

/** The networks of each purpose, the one that is meant by default first. */
export const networksOf = {
  "secp256k1-tr": ["mainnet", "testnet4", "signet", "regtest"],
  ed25519: ["mainnet", "devnet", "testnet"],
  secp256k1: [],
} as const satisfies Record<CiphersuiteView, readonly string[]>;

type Known = (typeof networksOf)[CiphersuiteView][number];

const known = new Set<string>(Object.values(networksOf).flat());
const isKnown = (network: string): network is Known => known.has(network);

export function networkName(network: string): string {
  return isKnown(network) ? m.networks[network] : network;
}

/** The same within a sentence. */
export function networkInText(network: string): string {
  return network === "mainnet" ? m.networks.mainnetInText : networkName(network);
}

/** Whether coins are worth nothing there; so taken of a network that is not known. */
export function isTestNetwork(network: string | null): network is string {
  return network !== null && network !== "mainnet";
}

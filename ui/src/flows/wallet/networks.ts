import { m } from "../../messages";

type Known = keyof typeof m.network;

const known = (network: string): network is Known => Object.hasOwn(m.network, network);

export function networkName(network: string): string {
  return known(network) ? m.network[network].name : network;
}

/** Whether coins are worth nothing there; so taken of a network that is not known. */
export function isTestNetwork(network: string): boolean {
  return network !== "solana" && network !== "mainnet";
}

/** What a network's coins are. */
export function networkNote(network: string): string {
  return known(network) ? m.network[network].note : "";
}

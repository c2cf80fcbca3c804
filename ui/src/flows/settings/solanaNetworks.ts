import { networkName } from "../../components/network/networks";
import { m } from "../../messages";

/** A network as one of Solana, where those of others stand too. */
export const solanaNetwork = (network: string) => (network === "mainnet" ? m.solanaServers.mainnet : m.solanaServers.network(networkName(network)));

/** The same within a sentence. */
export const solanaNetworkInText = (network: string) => (network === "mainnet" ? m.solanaServers.mainnetInText : solanaNetwork(network));

import { devices } from "./words";

export const create = {
  create: {
    title: "Create wallet",
    lead: "You begin a session and send its ID to the others. When all are there, the devices make the key together.",
    name: "Wallet name",
    nameHint: "Everyone in the session sees it.",
    nameMissing: "Give the wallet a name.",
    nameTooLong: (most: number) => `At most ${most} characters.`,
    nameUsed: "This device has a wallet of that name already. Another name keeps them apart.",
    purpose: "What is it for?",
    people: "Devices that hold a share",
    threshold: "Devices needed to sign",
    peopleRange: (least: number, most: number) => `Choose ${least} to ${most} devices.`,
    thresholdRange: (most: number) => `Choose 2 to ${most}: at least two, at most all of them.`,
    fewer: (label: string) => `${label}: one fewer`,
    more: (label: string) => `${label}: one more`,
    noMeaning: "Choose how many devices hold a share, and how many of them are needed.",
    network: "Network",
    useTestNetwork: "Use a test network",
    announce: "Announce the session on the server",
    announceHint: "Anyone on the server sees it and may ask you to be let in. Otherwise only people with the session ID can join.",
    submit: "Create session",
  },

  meaning: {
    money: {
      can: (threshold: number, participants: number) =>
        threshold === participants
          ? `All ${participants} devices together can spend. If one is missing, nobody can.`
          : `Any ${threshold} of the ${participants} devices can spend. ${threshold === 2 ? "One alone" : `Only ${threshold - 1}`} cannot.`,
      loss: (spare: number) =>
        spare === 0
          ? "If a single device is lost, the money is gone."
          : `You can lose ${devices(spare)}. If you lose ${spare + 1}, the money is gone.`,
      theft: (threshold: number) => `Whoever gets hold of ${threshold} devices can take the money.`,
    },
    key: {
      can: (threshold: number, participants: number) =>
        threshold === participants
          ? `All ${participants} devices together can sign. If one is missing, nobody can.`
          : `Any ${threshold} of the ${participants} devices can sign. ${threshold === 2 ? "One alone" : `Only ${threshold - 1}`} cannot.`,
      loss: (spare: number) =>
        spare === 0
          ? "If a single device is lost, the key is gone."
          : `You can lose ${devices(spare)}. If you lose ${spare + 1}, the key is gone.`,
      theft: (threshold: number) => `Whoever gets hold of ${threshold} devices can sign in the group’s name.`,
    },
    noSpare: (participants: number) =>
      participants === 2 ? "Nothing to spare. 2 of 3 would survive the loss of one device." : "Nothing to spare. Needing one device fewer would survive the loss of one.",
    fewOfMany: (threshold: number, participants: number) =>
      `Few for a group of ${participants}: any ${threshold} of them can act without the others.`,
  },

  networks: {
    mainnet: "Main network",
    mainnetInText: "the main network",
    testnet4: "Testnet4",
    signet: "Signet",
    regtest: "Regtest",
    devnet: "Devnet",
    testnet: "Testnet",
    test: (name: string) => `Test network ${name}`,
    unauditedTitle: "Put in no more than you can afford to lose",
    unaudited: "Nobody outside the project has audited Permafrost, and a lost device can’t be replaced in a wallet yet. To try it out, use a test network.",
    testText: "Coins on a test network are worth nothing. Never send real money to such a wallet.",
  },
};

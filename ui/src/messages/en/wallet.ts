import { devices, list } from "./words";

export const wallet = {
  wallet: {
    group: (threshold: number, participants: number) => `${threshold} of ${devices(participants)} sign`,
    state: {
      verified: "Verified",
      unverified: "Not verified",
      unfinished: "Unfinished",
      quarantined: "Do not use",
      unusable: "Share missing",
    },
    gone: "This wallet is not on the device any more.",
    createdAt: (date: string) => `Made on ${date}`,

    verify: {
      title: "Compare the safety words",
      text: "Read these words to every other member, by phone or in person. If all have the same words in the same order, nobody came between you while the key was made.",
      words: "Safety words",
      match: "They match",
      differ: "They don’t match",
      differTitle: "The words are not the same?",
      differText:
        "Then somebody may have come between the devices, and money sent to this wallet could be stolen. The wallet is put in quarantine for good: it shows no address, and you make a new one.",
      differConfirm: "Quarantine the wallet",
      banner: "Not verified",
      bannerText: "Send nothing to this address before the safety words have been compared.",
      done: "The safety words were compared.",
    },

    address: "Group address",
    addressNumber: (number: number) => `Address no. ${number}`,
    addressHint: "Every address belongs to the whole group. Using each one only once is better for privacy.",
    previous: "Previous address",
    next: "Next address",
    network: "Network",
    noAddress: "No address",
    noAddressText:
      "This key signs messages and belongs to no chain, so it has no address. Never send coins to an address that someone derived from it: nobody could spend them.",
    publicKey: "Group public key",
    descriptor: "Watch-only descriptor",
    descriptorHint: "Import it into Bitcoin Core or Sparrow to watch the wallet there. It can’t spend.",
    members: "Members",
    membersHint: "The devices that hold a share.",
    certificate: "Ceremony certificate",
    certificateHint: "Signed by every member; proves who made this key together.",
    unconfirmedTitle: "Keep Permafrost open",

    unfinishedTitle: "This wallet is not finished",
    unfinishedText: (names: readonly string[]) =>
      names.length === 0
        ? "The last signatures are on their way."
        : `The signature of ${list(names)} is missing. It arrives by itself when ${
            names.length === 1 ? "that device is" : "those devices are"
          } online together with this one. Until then the wallet has no address.`,
    discard: "Discard this wallet",
    discardTitle: "Discard this device’s share?",
    discardText:
      "If the other devices finish the wallet after all, this device has no share of it, and it can’t be brought back. Agree on it with the others first.",
    discardConfirm: "Discard the share",
    keep: "Keep it",

    unusableTitle: "This device can’t sign with this wallet",
    quarantinedTitle: "Do not use this wallet",
    quarantinedText:
      "The safety words did not match: somebody may have come between the devices while the key was made. It shows no address, and money sent to it could be stolen. Tell the other members, then create a new wallet.",
  },
};

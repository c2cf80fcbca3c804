import { devices, list } from "./words";

const others = (names: readonly string[]) => (names.length > 4 ? `the ${names.length} other members` : list(names));

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
    parts: { receive: "Receive", history: "History", members: "Members", details: "Details", of: (name: string) => `Parts of ${name}` },

    verify: {
      title: "Compare the safety words",
      why: "If somebody had come between you while the key was made, the words would differ, and money sent here could be stolen.",
      whyKey: "If somebody had come between you while the key was made, the words would differ, and somebody else could sign in your name.",
      call: (names: readonly string[]) => `Call ${others(names)}, or meet. Don’t compare by chat or e-mail.`,
      read: "One of you reads the words aloud, the others follow on their own screens.",
      answer: "Are all words the same, in the same order, on every device?",
      words: "Safety words",
      match: "They match",
      differ: "They don’t match",
      differAfterAll: "The words did not match after all",
      differTitle: "The words are not the same?",
      differText:
        "Then somebody may have come between the devices, and money sent to this wallet could be stolen. The wallet is put in quarantine for good: it shows no address, and you make a new one.",
      differKeyText:
        "Then somebody may have come between the devices, and could sign in your name. The key is put in quarantine for good, and you make a new one.",
      differInUse: (threshold: number) =>
        `Is money in the wallet? Then move it out first, at once: this device can’t sign with it after that, and if fewer than ${threshold} devices are left that can, nobody moves the money any more.`,
      differConfirm: "Quarantine the wallet",
      banner: "Not verified",
      bannerText: "Send nothing to this address before the safety words have been compared.",
      done: "The safety words were compared on this device.",
      announced: "Verified. The address can be used.",
    },

    address: "Group address",
    addressNumber: (number: number) => `Address no. ${number}`,
    addressEarlier: (number: number) => `Address no. ${number}, an earlier one`,
    addressShared: "It belongs to the whole group.",
    addressOnce: "Give everyone who pays you a new one, so that nobody sees what others paid. Once a payment to it is seen, the next one takes its place here.",
    fresh: "New address",
    previous: "Previous address",
    next: "Next address",
    qr: (address: string) => `QR code of the address ${address}`,
    saveAddress: "Save address",
    savePng: "QR code as a picture (PNG)",
    saveSvg: "QR code as a drawing (SVG)",
    saveText: "Address as text",
    noAddress: "No address",
    noAddressText:
      "This key signs messages and belongs to no chain, so it has no address. Never send coins to an address that someone derived from it: nobody could spend them.",

    publicKey: "Group public key",
    descriptor: "Watch-only descriptor",
    descriptorHint: "Import it into Bitcoin Core or Sparrow to watch the wallet there. It can’t spend.",
    export: "Public data",
    exportHint: "Name, addresses, keys and members in a file (JSON), for your records or another program. It holds no secret.",

    members: "Members",
    membersHint: "Each of these devices holds a share of the key.",
    presence: {
      direct: "Online",
      relayed: "Online, through the server",
      connecting: "Connecting",
      away: "Not online",
    },
    showFingerprint: "Fingerprint",
    openContact: "Open contact",
    calledItself: (name: string) => `calls itself “${name}”`,

    facts: {
      title: "About this wallet",
      ceremonyName: "Name among the members",
      purpose: "Purpose",
      network: "Network",
      rule: "Rule",
      suite: "Signature scheme",
      made: "Made on",
      id: "Identifier",
    },

    certificate: "Certificate",
    certificateHint: "Signed by every member: it proves who made this key together.",
    check: {
      title: "Check a certificate",
      text: "Is it the right one, and did everyone sign it? It is checked on this device; nobody is asked.",
      field: "Certificate",
      hint: "Paste its text, or choose the file.",
      choose: "Choose file",
      submit: "Check",
      missing: "Paste the certificate or choose its file.",
      tooLarge: "That file is too large for a certificate.",
      unreadable: "That file could not be read.",
      valid: (members: number) => `Genuine: signed by all ${members} members`,
      this: "It is the certificate of this wallet.",
      other: (name: string) => `It is the certificate of another wallet on this device, “${name}”.`,
      none: "It belongs to no wallet on this device.",
      purpose: "For",
      rule: "Rule",
      members: "Members",
      words: "Safety words",
      key: "Group public key",
      transcript: "Hash of the ceremony",
    },

    rename: "Rename",
    renameTitle: "Rename this wallet",
    renameText: (ceremony: string) => `The new name is for this device only. Among the members the wallet is called “${ceremony}”.`,
    renameConfirm: "Save name",

    remove: "Remove wallet",
    removeHint: "Erases this device’s share of the key.",
    removeTitle: (name: string) => `Remove “${name}” from this device?`,
    removeText: "This device’s share of the key is erased and can’t be brought back, except from a backup of this device.",
    removeEnough: (threshold: number, rest: number) =>
      `The wallet stays with the other members: it needs ${threshold} devices, and ${rest} of them still hold a share.`,
    removeExact: (threshold: number) =>
      `The wallet needs ${threshold} devices, and no more than ${threshold} then still hold a share. If one of them is lost too, what the wallet holds is lost for good.`,
    removeLost: (threshold: number, rest: number) =>
      `The wallet needs ${threshold} devices, and only ${rest === 1 ? "1 would" : `${rest} would`} still hold a share: what it holds would be lost for good.`,
    removeHolds: "As far as is known, it holds",
    removeQuarantined: "Its words did not match, but money may have been sent to it before. Keep it until you know that nothing is in it.",
    removeType: (name: string) => `Type “${name}” to confirm`,
    removeConfirm: "Remove it for good",

    unconfirmedTitle: "Keep Permafrost open",

    unfinishedTitle: "This wallet is not finished",
    unfinishedText: (names: readonly string[]) =>
      names.length === 0
        ? "The last signatures are on their way."
        : `The signature of ${list(names)} is missing. It arrives by itself when ${
            names.length === 1 ? "that device is" : "those devices are"
          } online together with this one. Until then the wallet has no address.`,
    unfinishedAdvice: (names: readonly string[]) =>
      names.length === 0
        ? "Leave Permafrost open for a moment."
        : `Ask ${names.length === 1 ? "its owner" : "their owners"} to open Permafrost while it is open here. No money is affected.`,
    discard: "Discard this wallet",
    discardTitle: "Discard this device’s share?",
    discardText:
      "If the other devices finish the wallet after all, this device has no share of it, and it can’t be brought back. Agree on it with the others first.",
    discardConfirm: "Discard the share",
    keep: "Keep it",

    unusableTitle: "This device can’t sign with this wallet",
    quarantinedTitle: "Do not use this wallet",
    quarantinedText:
      "The safety words did not match: somebody may have come between the devices while the key was made. It shows no address, and money sent to it could be stolen.",
    quarantinedSteps: {
      tell: "Tell the other members to send nothing to it.",
      money: (threshold: number) =>
        `If money is already there, don’t remove it. This device can’t sign with it any more, but the members can who have not put it in quarantine, as long as they are ${threshold}: ask them to move the money out at once, before they do the same. If they are too few, a backup of this device from before the quarantine, restored on another device, can still sign.`,
      quarantine: "Once it is empty, the others too say on their devices that the words don’t match.",
      again: "Make a new wallet together, with a new session ID sent over a channel you trust.",
      remove: "Remove this one once you know that nothing is in it, so that nobody uses it by mistake.",
    },
    quarantinedKeySteps: {
      tell: "Tell the other members to sign nothing with it and to say on their devices that the words don’t match.",
      again: "Make a new key together, with a new session ID sent over a channel you trust.",
      remove: "Remove this one, so that nobody uses it by mistake.",
    },
  },

  save: {
    short: "Save",
    action: (label: string) => `Save ${label}`,
    saved: (path: string) => `Saved as ${path}`,
  },
};

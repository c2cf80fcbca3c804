import { list } from "./words";

export const backup = {
  backup: {
    title: "Back up this device",
    lead: "An encrypted file from which this device’s shares can be restored if it breaks or is lost.",
    back: "Back to the settings",
    contains: "What it contains",
    has: {
      identity: "This device’s identity and name",
      shares: (count: number) =>
        count === 0 ? "Shares of finished wallets; there is none yet" : count === 1 ? "The share of 1 finished wallet" : `The shares of ${count} finished wallets`,
    },
    hasNot: {
      unfinished: (names: readonly string[]) => `Not ${list(names)}: back up again when ${names.length === 1 ? "that wallet is" : "those wallets are"} finished`,
      later: "Not wallets that are made later: back up again then",
      settings: "Not settings, contacts and other people’s shares",
    },
    passphrase: "Passphrase of the backup",
    repeat: "Repeat the passphrase",
    hint: "Write it down and keep it apart from the file. Nobody can reset it.",
    strength: { short: (left: number) => (left === 1 ? "1 character more is needed" : `${left} characters more are needed`), fair: "Acceptable; longer is better", good: "Good length" },
    strengthHint: "Four or five random words are good.",
    submit: "Save backup",
    busy: "Encrypting…",
    savedTitle: "The backup is saved",
    saved: (path: string) => `It is in ${path}.`,
    savedAdvice: "Keep a copy away from this computer, and its passphrase somewhere else. Whoever has both has this device’s shares.",
    done: "Done",
    restoreLink: "Restore a backup on this device",
  },

  restore: {
    title: "Restore a backup",
    lead: "This device takes over the identity and the shares of the one that was backed up.",
    file: "Backup file",
    choose: "Choose file",
    chooseOther: "Choose another file",
    drop: "Or drop it here.",
    missing: "Choose the backup’s file.",
    tooLarge: "That file is too large for a backup.",
    unreadable: "That file could not be read.",
    passphrase: "Passphrase of the backup",
    onceTitle: "Only if the other device is gone",
    once: "Use a backup on one device at a time. If the device that was backed up still runs, don’t use it any more.",
    submit: "Restore",
    busy: "Decrypting…",
    notEmptyTitle: "This device is not empty",
    notEmpty: "A backup can only be restored into a device without wallets and sessions, since it takes the device’s identity. Start Permafrost under another device name, then restore it there.",
    doneTitle: (device: string) => `This device is now “${device}”`,
    done: (count: number) =>
      count === 0 ? "The backup held no wallets." : count === 1 ? "1 wallet was restored." : `${count} wallets were restored.`,
    toWallets: "To the wallets",
  },
};

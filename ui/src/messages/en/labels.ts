export const labels = {
  copy: {
    action: (label: string) => `Copy ${label}`,
    short: "Copy",
    done: "Copied",
    announced: (label: string) => `${label} copied`,
    taken: (label: string) => `${label} copied. It is cleared from the clipboard after 90 seconds.`,
    failed: "Not copied. Select the text and copy it by hand.",
  },

  chain: {
    ed25519: { name: "Solana", suite: "FROST(Ed25519, SHA-512)", hint: "Holds SOL and tokens." },
    "secp256k1-tr": {
      name: "Bitcoin",
      suite: "FROST(secp256k1, SHA-256)-TR",
      hint: "Holds bitcoin. Other wallet programs can show it, but not spend it.",
    },
    secp256k1: {
      name: "Raw keys",
      suite: "FROST(secp256k1, SHA-256)",
      hint: "Signs messages. Has no address and holds no coins.",
    },
  },

  threshold: {
    short: (threshold: number, participants: number) => `${threshold} of ${participants}`,
    sign: (threshold: number, participants: number) =>
      threshold === participants
        ? `All ${participants} devices are needed to sign.`
        : `Any ${threshold} of the ${participants} devices can sign together; ${
            threshold === 2 ? "1 alone" : `${threshold - 1} together`
          } cannot.`,
  },

  device: {
    name: "Device name",
    rename: "Rename",
    saveName: "Save name",
    nameHint: "Others see this name when you join them.",
    nameMissing: "Give the device a name.",
    nameTooLong: (most: number) => `At most ${most} characters.`,
    fingerprint: "Fingerprint",
    fingerprintHint: "People who compare these words with you know that they are talking to this device.",
    fingerprintLater: "Shown once the keystore is open.",
    fingerprintOf: (name: string) => `Fingerprint of ${name}`,
    own: "this device",
    creator: "creator",
  },

  keystore: {
    title: "Keystore",
    kind: { os: "System keychain", vault: "Passphrase vault" },
    open: "Open",
    about: {
      os: "Only programs under your account on this computer get at what is in it.",
      vault: "A file that only your passphrase opens.",
    },
    needsPassphrase: "Locked",
    noVault: "Not set up",
    unavailable: "Not available",
    closedTitle: "The keystore is not open",
    closedElsewhere: "Nothing can be created or joined until the keystore is open.",
    goFix: "Open the keystore",
    unlockTitle: "Unlock the vault",
    unlockText: "This device’s key shares are in a vault. Its passphrase opens them until Permafrost is closed.",
    unlock: "Unlock",
    freshTitle: "Set up the vault",
    freshText:
      "This device’s key shares will be kept in a file that only this passphrase opens. Nobody can reset it: if it is forgotten, this device’s shares are gone.",
    create: "Create vault",
    passphrase: "Passphrase",
    repeat: "Repeat the passphrase",
    showPassphrase: "Show the passphrase",
    hidePassphrase: "Hide the passphrase",
    passphraseMissing: "Enter the passphrase.",
    passphraseShort: (least: number) => `Use at least ${least} characters; four or five random words are good.`,
    passphraseDiffers: "The two passphrases differ.",
    retry: "Try again",
    choose: {
      os: "Keys can be in a file under a passphrase of your own instead. Other programs of yours can’t open it then, and Permafrost asks for the passphrase each time it starts.",
      vault: "Keys can be in the system keychain instead. It is open as long as you are logged in, so Permafrost asks for no passphrase unless you set one.",
    },
    chooseUntil: "You can choose until this device has its first wallet.",
    stays: "It stays the same as long as this device has wallets or is in a session.",
    switch: {
      vault: {
        action: "Use a passphrase vault",
        title: "Use a passphrase vault on this device?",
        text: "Key shares will be kept in a file under a passphrase of your own instead of the system keychain. Permafrost never switches back by itself.",
      },
      os: {
        action: "Use the system keychain",
        title: "Use the system keychain on this device?",
        text: "Key shares will be kept in the system keychain instead of a vault under a passphrase.",
      },
      identity:
        "This device has no wallets, so nothing is lost. It gets new fingerprint words, an app passphrase is forgotten, and passwords of Bitcoin nodes, and of TURN servers, which help devices to connect, have to be entered again.",
    },
  },

  trial: {
    try: "Try it",
    running: "Trying…",
    reached: "It answers.",
  },

  server: {
    title: "Signalling server",
    text: "Devices meet here. It can’t see or change anything of value. Everyone in a session uses the same one.",
    url: "Server address",
    placeholder: "wss://signal.example.org",
    save: "Save server",
    saved: "Saved.",
    unreached: "Saved, but this address gives no connection",
    clear: "Remove server",
    missing: "Enter the server’s address.",
    malformed: "An address begins with wss:// or ws://, such as wss://signal.example.org.",
    userinfo: "An address has no user name or password in it. Remove what stands before the @.",
    none: "No server set",
    noneText: "Devices meet through a signalling server. Set the same one on every device.",
    set: "Set a server",
    status: {
      idle: "Ready; connects when needed",
      connecting: "Connecting…",
      connected: "Connected",
      waiting: "No connection",
    },
    idleBrief: "Ready",
    retryNow: "Trying again now…",
    retryIn: (time: string) => `Trying again in ${time}.`,
  },
};

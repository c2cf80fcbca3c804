/** Every text that people see, in English. A translation is another file with the same shape. */

const list = new Intl.ListFormat("en", { type: "conjunction" });
const devices = (count: number) => (count === 1 ? "1 device" : `${count} devices`);

export const en = {
  app: {
    name: "Permafrost",
    starting: "Opening this device…",
    startFailed: "Permafrost could not start",
    startFailedAdvice: "Your keys are where they were. Close this window, then start Permafrost again.",
    broken: "This screen can’t be shown",
    brokenAdvice: "That is a fault of Permafrost, not yours. Your keys and running sessions are not affected.",
    showAgain: "Show it again",
    skipToContent: "Skip to content",
    navigation: "Main",
    home: "Home",
    create: "Create wallet",
    join: "Join",
    wallets: "Wallets",
    sessions: "Sessions",
    cancel: "Cancel",
    back: "Back to home",
  },

  copy: {
    action: (label: string) => `Copy ${label}`,
    short: "Copy",
    done: "Copied",
    announced: (label: string) => `${label} copied`,
    failed: "Not copied. Select the text and copy it by hand.",
  },

  chain: {
    ed25519: { name: "Solana", suite: "FROST(Ed25519, SHA-512)", hint: "Holds SOL and tokens." },
    "secp256k1-tr": {
      name: "Bitcoin",
      suite: "FROST(secp256k1, SHA-256)-TR",
      hint: "Taproot addresses; watch-only in other wallets.",
    },
    secp256k1: {
      name: "Raw keys",
      suite: "FROST(secp256k1, SHA-256)",
      hint: "Signs messages. Has no address and holds no coins.",
    },
  },

  network: {
    solana: { name: "Solana", note: "" },
    mainnet: { name: "Bitcoin", note: "Main network: coins here are money." },
    testnet4: { name: "Testnet4", note: "Test network: coins here are worth nothing." },
    signet: { name: "Signet", note: "Test network: coins here are worth nothing." },
    regtest: { name: "Regtest", note: "Your own test network: coins here are worth nothing." },
  },

  threshold: {
    short: (threshold: number, participants: number) => `${threshold} of ${participants}`,
    sign: (threshold: number, participants: number) =>
      threshold === participants
        ? `All ${participants} devices are needed to sign.`
        : `Any ${threshold} of the ${participants} devices can sign together; ${
            threshold === 2 ? "1 alone" : `${threshold - 1} together`
          } cannot.`,
    loss: (threshold: number, participants: number) => {
      const spare = participants - threshold;
      if (spare === 0) return "If a single device is lost, what the wallet holds is lost for good.";
      return `Up to ${devices(spare)} may be lost. If ${spare + 1} are lost, what the wallet holds is lost for good.`;
    },
    theft: (threshold: number) => `Whoever gets hold of ${threshold} of the devices controls the wallet.`,
  },

  device: {
    title: "This device",
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
    known: "Known device",
    unknown: "Not met before",
  },

  keystore: {
    title: "Keystore",
    kind: { os: "System keychain", vault: "Passphrase vault" },
    open: "Open",
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
    passphraseMissing: "Enter the passphrase.",
    passphraseShort: (least: number) => `Use at least ${least} characters; four or five random words are good.`,
    passphraseDiffers: "The two passphrases differ.",
    retry: "Try again",
    useVault: "Use a passphrase vault",
    useOs: "Use the system keychain",
    switchVaultTitle: "Use a passphrase vault on this device?",
    switchVaultText:
      "Key shares will be kept in a file under a passphrase of your own instead of the system keychain. Permafrost never switches back by itself.",
    switchOsTitle: "Use the system keychain on this device?",
    switchOsText: "Key shares will be kept in the system keychain instead of a vault under a passphrase.",
  },

  server: {
    title: "Signalling server",
    text: "Devices meet here. It can’t see or change anything of value. Everyone in a session uses the same one.",
    url: "Server address",
    placeholder: "wss://signal.example.org",
    save: "Save server",
    saved: "Saved",
    missing: "Enter the server’s address.",
    malformed: "An address begins with wss:// or ws://, such as wss://signal.example.org.",
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

  home: {
    title: "Home",
    welcome: "A wallet shared among devices",
    welcomeText:
      "Several devices make a key together. Enough of them sign; no single one can. Create a wallet here, or join one that someone else has begun.",
    problemTitle: "Something needs your attention",
    walletsTitle: "Wallets",
    sessionsTitle: "Sessions",
  },

  announced: {
    title: "Announced sessions",
    text: "Sessions that their creators announce on your server.",
    start: "Look for sessions",
    stop: "Stop looking",
    none: "No one announces a session at the moment. New ones appear here by themselves.",
    noConnection: "Sessions appear here once the server is connected.",
    by: (name: string) => `by ${name}`,
    places: (joined: number, total: number) => `${joined} of ${total} places taken`,
    full: "Full",
    ask: "Ask to join",
    askNamed: (name: string) => `Ask to join ${name}`,
    compare: "Compare these words with the creator before you ask, by phone or in person.",
    asked: "Your requests",
    waiting: (name: string) => `${name} has been asked. Waiting for an answer.`,
    admitted: "You have been let in.",
    openNamed: (name: string) => `Open session ${name}`,
    open: "Open session",
  },

  create: {
    title: "Create wallet",
    lead: "You begin a session; the others join it. When everyone is there, the devices make the key together.",
    name: "Wallet name",
    nameHint: "Everyone in the session sees it.",
    nameMissing: "Give the wallet a name.",
    nameTooLong: (most: number) => `At most ${most} characters.`,
    purpose: "What is it for?",
    people: "Devices that hold a share",
    threshold: "Devices needed to sign",
    peopleRange: (least: number, most: number) => `Choose ${least} to ${most} devices.`,
    thresholdRange: (most: number) => `Choose 2 to ${most}: at least two, at most all of them.`,
    fewer: (label: string) => `${label}: one fewer`,
    more: (label: string) => `${label}: one more`,
    consequences: "What this means",
    announce: "Announce the session on the server",
    announceHint:
      "Anyone on the server sees its name and asks you to be let in. Otherwise only people you give the session ID can join.",
    submit: "Create session",
  },

  join: {
    title: "Join a session",
    lead: "Paste the session ID that the creator sent you. You see what you join before you agree to it.",
    field: "Session ID",
    hint: "It begins with pf1. Spaces, line breaks and other text around it don’t matter.",
    missing: "Paste the session ID.",
    good: "This is a session ID.",
    otherServerTitle: "This session meets on another server",
    otherServer: (server: string) => `It meets on ${server}.`,
    otherServerText:
      "That is not the server set on this device. The other server sees your network address and that you join, and nothing of the wallet. Your own setting stays.",
    acceptServer: "Use that server for this session",
    acceptMissing: "Agree to that server, or ask for a session on yours.",
    submit: "Join session",
    announcedHint: "No session ID? The creator may have announced the session on your server.",
    announcedLink: "Look on the home screen",
  },

  session: {
    untitled: "New session",
    loading: "The session is being prepared…",
    by: (name: string) => `created by ${name}`,
    state: { waiting: "Waiting", inProgress: "In progress", completed: "Completed", failed: "Ended" },
    server: (server: string) => `Meets on ${server}`,
    announcedTag: "Announced",
    id: "Session ID",
    idText: "Send it to the others over a channel you trust: whoever has it can take a place in the session.",

    waiting: {
      server: "Connecting to the server",
      serverText: "The session goes on by itself as soon as the server answers.",
      creator: "Waiting for the creator’s device",
      creatorText: "It must be online to say what this session is. Ask its owner to open Permafrost.",
      participants: (joined: number, total: number) => `${joined} of ${total} have joined`,
      participantsText: "The key is made by itself as soon as everyone has joined. Keep Permafrost open.",
      present: (present: number, total: number) => `${present} of ${total} are here`,
      presentText: "You have agreed. The key is made by itself as soon as everyone has agreed. Keep Permafrost open.",
    },

    consent: {
      title: "Do you want to hold a share of this wallet?",
      text: "Nothing of yours has been sent yet. Check that this is what you expect.",
      wallet: "Wallet",
      purpose: "For",
      rule: "Rule",
      by: "Proposed by",
      words: "Their fingerprint",
      wordsHint: "If in doubt, compare these words with them by phone or in person.",
      agree: "Agree and join",
      decline: "Decline",
      declineTitle: "Decline this session?",
      declineText: "You leave the session. The creator needs someone else for your place, or can invite you again.",
    },

    progress: {
      title: "Making the key",
      waitingFor: (names: readonly string[]) => `Waiting for ${list.format(names)}.`,
      nobody: "Everyone has done their part of this step.",
      step: (step: number, total: number) => `Step ${step} of ${total}`,
      steps: "Steps",
    },
    timeLeft: (time: string) => `${time} left`,
    timeUp: "Time is up",

    round: {
      joining: { name: "Meet", short: "Meet", text: "Every device connects to every other one." },
      roster: { name: "Agree who takes part", short: "Roster", text: "All devices check that they see the same members." },
      round1: { name: "Commit", short: "R1", text: "Each device commits to its part of the key." },
      echo: { name: "Compare", short: "Echo", text: "All check that everyone received the same." },
      round2: { name: "Exchange shares", short: "R2", text: "Each pair of devices exchanges shares, encrypted end to end." },
      round3: { name: "Verify", short: "R3", text: "Each device verifies what it received and computes its share." },
      commit: { name: "Sign the certificate", short: "Sign", text: "Each device stores its share and signs the result." },
    },
    status: { pending: "not begun", active: "in progress", done: "done", failed: "failed" },
    link: {
      own: "This device",
      connecting: "Connecting…",
      direct: "Direct",
      relayed: "Relayed, encrypted end to end",
      down: "Not connected",
    },

    participants: "Participants",
    participant: "Participant",
    places: (count: number) => (count === 1 ? "1 place is free" : `${count} places are free`),
    showFingerprint: (name: string) => `Show fingerprint of ${name}`,

    requests: "Requests to join",
    request: (name: string) => `${name} asks to join`,
    requestKnown: "You met this device in an earlier session.",
    requestStranger: "You have not met this device. Compare these words with its owner, by phone or in person, before you admit it.",
    admit: "Admit",
    refuse: "Refuse",
    admitNamed: (name: string) => `Admit ${name}`,
    refuseNamed: (name: string) => `Refuse ${name}`,

    cancel: "Cancel session",
    cancelTitle: "Cancel this session?",
    cancelText: "No wallet is made, and everyone who has joined is told. No money is affected.",
    leave: "Leave session",
    leaveTitle: "Leave this session?",
    leaveWaitingText: "Your place becomes free for someone else. No money is affected.",
    leaveRunningText: "The others can’t make the key without this device, so the session ends for everyone. No money is affected.",
    leaveCommitText:
      "Other devices may already have finished. This device keeps its share as an unfinished wallet, and the wallet can’t be used until every device has signed.",
    stay: "Stay",

    completed: {
      title: "The wallet is ready",
      text: "Every device signed the certificate.",
      open: "Open wallet",
      unconfirmed: (names: readonly string[]) =>
        `Keep Permafrost open for a moment: ${list.format(names)} ${names.length === 1 ? "has" : "have"} not confirmed yet that the certificate arrived.`,
    },
    failed: {
      title: "The session ended without a wallet",
      unfinishedTitle: "The wallet is not finished",
      culprits: (names: readonly string[]) => `Caused by ${list.format(names)}`,
      unfinished: "This device keeps its share, since others may have finished. The wallet is listed as unfinished.",
      openUnfinished: "Open unfinished wallet",
      again: "Create it again",
    },
    dismiss: "Remove from list",
  },

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
        : `The signature of ${list.format(names)} is missing. It arrives by itself when ${
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

  time: {
    seconds: (seconds: number) => `${seconds} s`,
    minutes: (minutes: number, seconds: string) => `${minutes}:${seconds} min`,
    hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
  },
};

/** The shape of a catalogue. */
export type Messages = typeof en;

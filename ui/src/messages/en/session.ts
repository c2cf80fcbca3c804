import { list } from "./words";

const others = (count: number) => (count === 1 ? "1 other" : `${count} others`);

/** The first few of many names, and how many more there are. */
const some = (names: readonly string[], most = 4) =>
  names.length > most + 1 ? list([...names.slice(0, most), others(names.length - most)]) : list(names);

export const session = {
  session: {
    untitled: "New session",
    loading: "The session is being prepared…",
    by: (name: string) => `created by ${name}`,
    state: { waiting: "Waiting", inProgress: "In progress", completed: "Completed", failed: "Ended" },
    server: (server: string) => `Meets on ${server}`,
    announcedTag: "Announced",
    notAnnounced: "The server does not announce this session",

    invite: {
      title: "Invite the others",
      text: "Send this to each of them over a channel you trust: whoever has the session ID can take a place.",
      id: "Session ID",
      qr: "Session ID as a QR code",
      qrHint: "Or let them read this code: a picture of it works on the join screen.",
      invitation: "invitation",
      preview: "What the invitation says",
      message: (wallet: string, kind: string, rule: string, id: string) =>
        `Please join “${wallet}”: ${kind}, ${rule}.\n\nOpen Permafrost and paste this whole message:\n\n${id}\n\nBefore you agree, check that the name and the numbers are the same as here.`,
      rule: (threshold: number, participants: number) => `${threshold} of ${participants} devices sign`,
      kind: (chain: string) => `a shared ${chain} wallet`,
      testKind: (chain: string, network: string) => `a shared ${chain} wallet on the test network ${network}`,
      keyKind: "a shared key for signing messages",
    },

    waiting: {
      server: "Connecting to the server",
      serverText: "The session goes on by itself as soon as the server answers.",
      creator: "Waiting for the creator’s device",
      creatorText: "It must be online to say what this session is. Ask its owner to open Permafrost.",
      participants: (joined: number, total: number) => `${joined} of ${total} have joined`,
      participantsText: "The key is made by itself as soon as everyone has joined. Keep Permafrost open.",
      cutOff: "No connection to the server: nobody can join until it is back. Permafrost keeps trying.",
      lost: (headline: string, names: readonly string[]) =>
        `${headline}; the connection to ${some(names)} is lost`,
      lostText: "The key is made only while all are connected. Ask their owners to look at Permafrost and their network; it is tried again by itself.",
      present: (present: number, total: number) => `${present} of ${total} are here`,
      presentText: "You have agreed. The key is made by itself as soon as everyone has agreed. Keep Permafrost open.",
    },

    impostor: {
      title: (name: string) => `This “${name}” is not the one you know`,
      text: (name: string) => `A device that calls itself “${name}” has another key. Call ${name} now.`,
      own: "A device has the name of your own with another key. Ask the others now whose it is.",
      cancel: "If nobody owns up to it, cancel the session: the wallet is made by itself as soon as all are there.",
      leave: "If nobody owns up to it, leave the session: the wallet is made by itself as soon as all are there.",
    },

    consent: {
      title: "Do you want to hold a share of this wallet?",
      text: "The others see this device’s name and words. No part of a key has been made yet. Check that this is what you expect.",
      wallet: "Wallet",
      purpose: "For",
      rule: "Rule",
      by: "Proposed by",
      wordsHint: "Compare these words with them, by phone or in person, if you have not met this device before.",
      agree: "Agree and join",
      agreeAnyway: "Agree anyway",
      agreeAnywayTitle: (name: string) => `Join without knowing who “${name}” is?`,
      agreeAnywayText: (name: string) =>
        `This device is not the “${name}” that you know. If someone is pretending, money sent to this wallet can be stolen. Compare the fingerprints first.`,
      decline: "Decline",
      declineTitle: "Decline this session?",
      declineText: "You leave the session. The creator needs someone else for your place, or can invite you again.",
    },

    progress: {
      title: "Making the key",
      waitingFor: (names: readonly string[]) => `Waiting for ${some(names)}.`,
      nobody: "Everyone has done their part of this step.",
      step: (step: number, total: number) => `Step ${step} of ${total}`,
      steps: "Steps",
    },
    waits: (time: string) => `This device waits ${time} longer`,
    timeLeft: (time: string) => `${time} left`,
    timeUp: "Time is up",

    round: {
      joining: { name: "Meet", text: "Every device connects to every other one." },
      roster: { name: "Agree who takes part", text: "All devices check that they see the same members." },
      round1: { name: "Commit", text: "Each device commits to its part of the key." },
      echo: { name: "Compare", text: "All check that everyone received the same." },
      round2: { name: "Exchange shares", text: "Each pair of devices exchanges shares, encrypted end to end." },
      round3: { name: "Verify", text: "Each device verifies what it received and computes its share." },
      commit: { name: "Sign the certificate", text: "Each device stores its share and signs the result." },
    },
    link: {
      own: "This device",
      connecting: "Connecting…",
      direct: "Direct",
      relayed: "Relayed",
      down: "Not connected",
    },
    linkText: {
      own: "You are using it.",
      connecting: "A connection is being made.",
      direct: "Connected without a detour, encrypted end to end.",
      relayed: "Connected through the server, which can’t read anything: it is encrypted end to end.",
      down: "There is no connection at the moment. It is tried again by itself.",
    },

    participants: "Participants",
    ownWords: "This device’s words",
    freePlace: "Free place",
    awaited: "Waiting for this device",
    part: (done: number, total: number) => `${done} of ${total} steps done`,
    partFailed: (step: string) => `Failed at “${step}”`,
    ownEnd: { cancelled: "You cancelled it", left: "You left" },
    allDone: "Done",
    details: "details",
    connection: "Connection",

    requests: "Requests to join",
    noRequests: "Nobody asks at the moment. A request appears here by itself.",
    request: (name: string) => `${name} asks to join`,
    requestKnown: "You met this device in an earlier session. Its words were never compared.",
    requestVerified: "You met this device before, and its words were compared.",
    requestStranger: "You have not met this device. Compare these words with its owner, by phone or in person, before you admit it.",
    admit: "Admit",
    refuse: "Refuse",
    admitNamed: (name: string) => `Admit ${name}`,
    refuseNamed: (name: string) => `Refuse ${name}`,
    admitTitle: (name: string) => `Admit a device that is not the “${name}” you know?`,
    admitText: (name: string) =>
      `If someone is pretending to be “${name}”, they would get a share of the wallet. Call ${name} and compare the words first.`,
    admitAnyway: "Admit anyway",
    admitAnywayNamed: (name: string) => `Admit anyway: ${name}`,

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
      text: "Every device signed the certificate. Next, compare the safety words with the others.",
      compared: "Every device signed the certificate, and the safety words were compared.",
      open: "Open wallet",
      unconfirmed: (names: readonly string[]) =>
        `Keep Permafrost open for a moment: ${some(names)} ${names.length === 1 ? "has" : "have"} not confirmed yet that the certificate arrived.`,
    },
    failed: {
      title: "The session ended without a wallet",
      unfinishedTitle: "The wallet is not finished",
      culprits: (names: readonly string[]) => `Caused by ${list(names)}`,
      unfinished: "This device keeps its share, since others may have finished. The wallet is listed as unfinished.",
      openUnfinished: "Open unfinished wallet",
      again: "Create it again",
      askAgain: (name: string) => `To try again, ask ${name} for a new session ID.`,
      askCreator: "To try again, ask whoever sent you the session ID for a new one.",
      join: "Join with a new session ID",
    },
    dismiss: "Remove from list",
  },

  recognition: {
    verified: "Verified contact",
    known: "Met before",
    stranger: "Not met before",
    nameTaken: "Same name, another device",
    takenTitle: (name: string) => `This is not the “${name}” you know`,
    takenText: (name: string) =>
      `It uses the same name with another key. Either ${name} has a new device, or someone is pretending to be ${name}. Call ${name} and compare the words before you go on.`,
    ownTitle: "This device calls itself like yours",
    ownText: "It uses the name of your own device with another key. Unless it is a second device of yours, someone may be pretending to be you.",
    theirs: (name: string) => `Words of this “${name}”`,
    knownWords: (name: string) => `Words of the “${name}” you know`,
    ownWords: "Words of your own device",
  },

  news: {
    joined: (names: readonly string[], present: number, total: number) =>
      `${some(names, 2)} ${names.length === 1 ? "is" : "are"} here. ${present} of ${total}.`,
    left: (names: readonly string[], present: number, total: number) =>
      `${some(names, 2)} ${names.length === 1 ? "has" : "have"} left. ${present} of ${total}.`,
    asks: (names: readonly string[]) => `${some(names, 2)} ${names.length === 1 ? "asks" : "ask"} to join.`,
  },
};

import { list } from "./words";

export const session = {
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
      waitingFor: (names: readonly string[]) => `Waiting for ${list(names)}.`,
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
        `Keep Permafrost open for a moment: ${list(names)} ${names.length === 1 ? "has" : "have"} not confirmed yet that the certificate arrived.`,
    },
    failed: {
      title: "The session ended without a wallet",
      unfinishedTitle: "The wallet is not finished",
      culprits: (names: readonly string[]) => `Caused by ${list(names)}`,
      unfinished: "This device keeps its share, since others may have finished. The wallet is listed as unfinished.",
      openUnfinished: "Open unfinished wallet",
      again: "Create it again",
    },
    dismiss: "Remove from list",
  },
};

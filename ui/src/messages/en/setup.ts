export const setup = {
  setup: {
    kept: "What you want to join with is kept",
    keptText: "It is looked at once these steps are done or skipped.",
    skip: "Skip",
    step: (step: number, total: number) => `Step ${step} of ${total}`,
    next: "Continue",
    back: "Back",
    restore: "Restore a backup instead",
    restoreBack: "Set up a new device instead",
    finish: "Start using Permafrost",
    finishLater: "Start, and see to it later",

    name: {
      title: "Welcome to Permafrost",
      text: "Several devices make a wallet’s key together, and none of them ever has all of it. What shall this device be called?",
      hint: "People you make a wallet with see this name. It can be changed later.",
    },

    meeting: {
      title: "How do your devices meet?",
      text: "Devices find each other through a server. It relays what they say, and can neither read nor change it.",
      server: { name: "Through a server", text: "Someone in your group runs one, and everyone enters the same address." },
      host: { name: "Through this computer", text: "Good on one network, at home or in an office. It works while Permafrost is open here." },
      later: { name: "Decide later", text: "A session ID that you are sent also says where to meet." },
      urlHint: "Everyone in a session uses the same one.",
      anyway: "Continue all the same",
    },

    keystore: {
      title: "Where keys are kept",
      text: "This device’s parts of keys never leave it unencrypted.",
      ready: { os: "The system’s keychain is ready", vault: "The vault is open" },
      later: "Wallets can be made once the keystore is open.",
    },
  },
};

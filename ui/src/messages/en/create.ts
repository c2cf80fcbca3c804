export const create = {
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
};

export const contacts = {
  contacts: {
    title: "Contacts",
    lead: "Devices that you met in a session. Whether you compared the words of one is remembered, and shown when you meet again.",
    none: "No contacts yet",
    noneText: "A device becomes a contact once you have been in a session together.",
    search: "Search contacts",
    found: (count: number) => (count === 1 ? "1 contact found" : `${count} contacts found`),
    noMatch: (search: string) => `No contact matches “${search}”.`,
    verified: "Verified",
    unverified: "Not verified",
    inWallets: (count: number) => (count === 0 ? "In none of your wallets" : count === 1 ? "In 1 of your wallets" : `In ${count} of your wallets`),
    callsItself: (name: string) => `calls itself ${name}`,

    gone: "This contact is not on the device any more",
    compareText:
      "Compare these words with the owner of the device, by phone or in person: it shows them as its fingerprint. If all eight are the same, it is the device it says it is.",
    comparedText: "You compared these words with the owner of the device.",
    verify: "They match",
    unverify: "Mark as not verified",
    name: "Name here",
    nameHint: "Only you see this name.",
    nameMissing: "Give the contact a name.",
    claimedName: "Calls itself",
    firstMet: "First met",
    wallets: "Wallets in common",
    noWallets: "None",
    forget: "Forget contact",
    forgetTitle: (name: string) => `Forget ${name}?`,
    forgetText: "When you meet again, the device is a stranger, and you compare its words anew.",
    forgetMemberText:
      "It stays a member of the wallets that you have in common. When you meet again, the device is a stranger, and you compare its words anew.",
  },
};

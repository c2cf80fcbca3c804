import type { Messages } from "../en";

export const contacts: Pick<Messages, "contacts"> = {
  contacts: {
    title: "Kontakte",
    lead: "Geräte, denen Sie in einer Sitzung begegnet sind. Ob Sie deren Wörter verglichen haben, wird gemerkt und gezeigt, wenn Sie sich wieder begegnen.",
    none: "Noch keine Kontakte",
    noneText: "Ein Gerät wird zum Kontakt, sobald Sie gemeinsam in einer Sitzung waren.",
    search: "Kontakte durchsuchen",
    found: (count: number) => (count === 1 ? "1 Kontakt gefunden" : `${count} Kontakte gefunden`),
    noMatch: (search: string) => `Kein Kontakt passt zu „${search}“.`,
    verified: "Geprüft",
    unverified: "Nicht geprüft",
    inWallets: (count: number) =>
      count === 0 ? "In keiner Ihrer Wallets" : count === 1 ? "In 1 Ihrer Wallets" : `In ${count} Ihrer Wallets`,
    callsItself: (name: string) => `nennt sich ${name}`,

    gone: "Dieser Kontakt ist nicht mehr auf dem Gerät",
    compareText:
      "Vergleichen Sie diese Wörter am Telefon oder persönlich mit der Person, der das Gerät gehört: Es zeigt sie als seinen Fingerabdruck. Sind alle acht gleich, ist es das Gerät, für das es sich ausgibt.",
    comparedText: "Sie haben diese Wörter mit der Person verglichen, der das Gerät gehört.",
    verify: "Sie stimmen überein",
    unverify: "Als nicht geprüft markieren",
    name: "Name hier",
    nameHint: "Nur Sie sehen diesen Namen.",
    nameMissing: "Geben Sie dem Kontakt einen Namen.",
    claimedName: "Nennt sich",
    firstMet: "Zuerst begegnet",
    wallets: "Gemeinsame Wallets",
    noWallets: "Keine",
    forget: "Kontakt vergessen",
    forgetTitle: (name: string) => `${name} vergessen?`,
    forgetText: "Wenn Sie sich wieder begegnen, ist das Gerät fremd, und Sie vergleichen seine Wörter von Neuem.",
    forgetMemberText:
      "Es bleibt Mitglied Ihrer gemeinsamen Wallets. Wenn Sie sich wieder begegnen, ist das Gerät fremd, und Sie vergleichen seine Wörter von Neuem.",
  },
};

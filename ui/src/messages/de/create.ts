import type { Messages } from "../en";

export const create: Pick<Messages, "create"> = {
  create: {
    title: "Wallet erstellen",
    lead: "Sie beginnen eine Sitzung; die anderen treten ihr bei. Wenn alle da sind, machen die Geräte gemeinsam den Schlüssel.",
    name: "Name der Wallet",
    nameHint: "Alle in der Sitzung sehen ihn.",
    nameMissing: "Geben Sie der Wallet einen Namen.",
    nameTooLong: (most: number) => `Höchstens ${most} Zeichen.`,
    purpose: "Wofür ist sie?",
    people: "Geräte mit einem Anteil",
    threshold: "Geräte, die zum Signieren nötig sind",
    peopleRange: (least: number, most: number) => `Wählen Sie ${least} bis ${most} Geräte.`,
    thresholdRange: (most: number) => `Wählen Sie 2 bis ${most}: mindestens zwei, höchstens alle.`,
    fewer: (label: string) => `${label}: eines weniger`,
    more: (label: string) => `${label}: eines mehr`,
    consequences: "Was das bedeutet",
    announce: "Die Sitzung auf dem Server ankündigen",
    announceHint:
      "Alle auf dem Server sehen ihren Namen und können bitten, eingelassen zu werden. Sonst kann nur beitreten, wem Sie die Sitzungs-ID geben.",
    submit: "Sitzung erstellen",
  },
};

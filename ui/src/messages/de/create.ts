import type { Messages } from "../en";
import { devices } from "./words";

export const create: Pick<Messages, "create" | "meaning" | "networks"> = {
  create: {
    title: "Wallet erstellen",
    lead: "Sie beginnen eine Sitzung und schicken den anderen die ID. Sind alle da, entsteht der Schlüssel.",
    name: "Name der Wallet",
    nameHint: "Alle in der Sitzung sehen ihn.",
    nameMissing: "Geben Sie der Wallet einen Namen.",
    nameTooLong: (most: number) => `Höchstens ${most} Zeichen.`,
    nameUsed: "Auf diesem Gerät heißt schon eine Wallet so. Mit einem anderen Namen lassen sie sich unterscheiden.",
    purpose: "Wofür ist sie?",
    people: "Geräte, die einen Anteil halten",
    threshold: "Zum Signieren nötige Geräte",
    peopleRange: (least: number, most: number) => `Wählen Sie ${least} bis ${most} Geräte.`,
    thresholdRange: (most: number) => `Wählen Sie 2 bis ${most}: mindestens zwei, höchstens alle.`,
    fewer: (label: string) => `${label}: eins weniger`,
    more: (label: string) => `${label}: eins mehr`,
    noMeaning: "Wählen Sie, wie viele Geräte einen Anteil halten und wie viele davon nötig sind.",
    network: "Netzwerk",
    useTestNetwork: "Testnetz verwenden",
    announce: "Die Sitzung auf dem Server ankündigen",
    announceHint: "Alle auf dem Server sehen sie und können um Einlass bitten. Sonst braucht man die Sitzungs-ID.",
    submit: "Sitzung erstellen",
  },

  meaning: {
    money: {
      can: (threshold: number, participants: number) =>
        threshold === participants
          ? `Alle ${participants} Geräte zusammen können Geld ausgeben. Fehlt eines, kann es niemand.`
          : `Beliebige ${threshold} der ${participants} Geräte können Geld ausgeben. ${threshold === 2 ? "Eines allein kann" : `Nur ${threshold - 1} können`} es nicht.`,
      loss: (spare: number) =>
        spare === 0
          ? "Geht ein einziges Gerät verloren, ist das Geld weg."
          : `Sie können ${devices(spare)} verlieren. Verlieren Sie ${spare + 1}, ist das Geld weg.`,
      theft: (threshold: number) => `Wer ${threshold} Geräte in die Hände bekommt, kann das Geld nehmen.`,
    },
    key: {
      can: (threshold: number, participants: number) =>
        threshold === participants
          ? `Alle ${participants} Geräte zusammen können signieren. Fehlt eines, kann es niemand.`
          : `Beliebige ${threshold} der ${participants} Geräte können signieren. ${threshold === 2 ? "Eines allein kann" : `Nur ${threshold - 1} können`} es nicht.`,
      loss: (spare: number) =>
        spare === 0
          ? "Geht ein einziges Gerät verloren, ist der Schlüssel weg."
          : `Sie können ${devices(spare)} verlieren. Verlieren Sie ${spare + 1}, ist der Schlüssel weg.`,
      theft: (threshold: number) => `Wer ${threshold} Geräte in die Hände bekommt, kann im Namen der Gruppe signieren.`,
    },
    noSpare: (participants: number) =>
      participants === 2
        ? "Keine Reserve. Bei 2 von 3 dürfte ein Gerät verloren gehen."
        : "Keine Reserve. Wäre ein Gerät weniger nötig, dürfte eines verloren gehen.",
    fewOfMany: (threshold: number, participants: number) =>
      `Wenig für eine Gruppe von ${participants}: Beliebige ${threshold} davon können ohne die anderen handeln.`,
  },

  networks: {
    mainnet: "Hauptnetz",
    mainnetInText: "das Hauptnetz",
    testnet4: "Testnet4",
    signet: "Signet",
    regtest: "Regtest",
    devnet: "Devnet",
    testnet: "Testnet",
    test: (name: string) => `Testnetz ${name}`,
    unauditedTitle: "Legen Sie nicht mehr hinein, als Sie verlieren können",
    unaudited: "Niemand außerhalb des Projekts hat Permafrost geprüft, und ein verlorenes Gerät lässt sich in einer Wallet noch nicht ersetzen. Verwenden Sie zum Ausprobieren ein Testnetz.",
    testText: "Coins in einem Testnetz sind nichts wert. Senden Sie nie echtes Geld an eine solche Wallet.",
  },
};

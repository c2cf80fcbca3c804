import type { Messages } from "../en";
import { list, ofDevices } from "./words";

export const wallet: Pick<Messages, "wallet"> = {
  wallet: {
    group: (threshold: number, participants: number) => `${threshold} von ${ofDevices(participants)} signieren`,
    state: {
      verified: "Geprüft",
      unverified: "Nicht geprüft",
      unfinished: "Unfertig",
      quarantined: "Nicht verwenden",
      unusable: "Anteil fehlt",
    },
    gone: "Diese Wallet ist nicht mehr auf dem Gerät.",
    createdAt: (date: string) => `Entstanden am ${date}`,

    verify: {
      title: "Sicherheitswörter vergleichen",
      text: "Lesen Sie diese Wörter jedem anderen Mitglied vor, am Telefon oder persönlich. Haben alle dieselben Wörter in derselben Reihenfolge, kam niemand zwischen Sie, während der Schlüssel entstand.",
      words: "Sicherheitswörter",
      match: "Sie stimmen überein",
      differ: "Sie stimmen nicht überein",
      differTitle: "Sind die Wörter nicht dieselben?",
      differText:
        "Dann kam vielleicht jemand zwischen die Geräte, und Geld, das an diese Wallet geht, könnte gestohlen werden. Die Wallet kommt für immer in Quarantäne: Sie zeigt keine Adresse, und Sie erstellen eine neue.",
      differConfirm: "Wallet in Quarantäne setzen",
      banner: "Nicht geprüft",
      bannerText: "Senden Sie nichts an diese Adresse, bevor die Sicherheitswörter verglichen sind.",
      done: "Die Sicherheitswörter wurden verglichen.",
    },

    address: "Adresse der Gruppe",
    addressNumber: (number: number) => `Adresse Nr. ${number}`,
    addressHint: "Jede Adresse gehört der ganzen Gruppe. Jede nur einmal zu verwenden schützt Ihre Privatsphäre.",
    previous: "Vorige Adresse",
    next: "Nächste Adresse",
    network: "Netz",
    noAddress: "Keine Adresse",
    noAddressText:
      "Dieser Schlüssel signiert Nachrichten und gehört zu keiner Chain; er hat also keine Adresse. Senden Sie nie Coins an eine Adresse, die jemand daraus abgeleitet hat: Niemand könnte sie ausgeben.",
    publicKey: "Öffentlicher Schlüssel der Gruppe",
    descriptor: "Deskriptor zum Beobachten",
    descriptorHint: "Importieren Sie ihn in Bitcoin Core oder Sparrow, um die Wallet dort zu beobachten. Ausgeben kann er nichts.",
    members: "Mitglieder",
    membersHint: "Die Geräte, die einen Anteil halten.",
    certificate: "Zertifikat der Schlüsselerzeugung",
    certificateHint: "Von allen Mitgliedern unterschrieben; beweist, wer diesen Schlüssel gemeinsam gemacht hat.",
    unconfirmedTitle: "Lassen Sie Permafrost offen",

    unfinishedTitle: "Diese Wallet ist nicht fertig",
    unfinishedText: (names: readonly string[]) =>
      names.length === 0
        ? "Die letzten Unterschriften sind unterwegs."
        : `Die Unterschrift von ${list(names)} fehlt. Sie kommt von selbst, wenn ${
            names.length === 1 ? "dieses Gerät" : "diese Geräte"
          } zugleich mit diesem hier online ${names.length === 1 ? "ist" : "sind"}. Bis dahin hat die Wallet keine Adresse.`,
    discard: "Diese Wallet verwerfen",
    discardTitle: "Den Anteil dieses Geräts verwerfen?",
    discardText:
      "Wenn die anderen Geräte die Wallet doch noch fertigstellen, hat dieses Gerät keinen Anteil daran, und er lässt sich nicht zurückholen. Sprechen Sie sich vorher mit den anderen ab.",
    discardConfirm: "Anteil verwerfen",
    keep: "Behalten",

    unusableTitle: "Dieses Gerät kann mit dieser Wallet nicht signieren",
    quarantinedTitle: "Verwenden Sie diese Wallet nicht",
    quarantinedText:
      "Die Sicherheitswörter stimmten nicht überein: Vielleicht kam jemand zwischen die Geräte, während der Schlüssel entstand. Sie zeigt keine Adresse, und Geld, das an sie geht, könnte gestohlen werden. Sagen Sie es den anderen Mitgliedern und erstellen Sie dann eine neue Wallet.",
  },
};

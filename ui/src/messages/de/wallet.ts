import type { Messages } from "../en";
import { list, ofDevices } from "./words";

const others = (names: readonly string[]) => (names.length > 4 ? `die ${names.length} anderen Mitglieder` : list(names));

export const wallet: Pick<Messages, "wallet" | "save"> = {
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
    parts: { receive: "Empfangen", history: "Verlauf", members: "Mitglieder", details: "Einzelheiten", of: (name: string) => `Teile von ${name}` },

    verify: {
      title: "Sicherheitswörter vergleichen",
      why: "Wäre jemand zwischen Sie gekommen, während der Schlüssel entstand, wären die Wörter verschieden, und Geld, das hierher geht, könnte gestohlen werden.",
      whyKey: "Wäre jemand zwischen Sie gekommen, während der Schlüssel entstand, wären die Wörter verschieden, und jemand anderes könnte in Ihrem Namen signieren.",
      call: (names: readonly string[]) => `Rufen Sie ${others(names)} an oder treffen Sie sich. Vergleichen Sie nicht per Chat oder E-Mail.`,
      read: "Eine Person liest die Wörter vor, die anderen lesen auf ihrem eigenen Bildschirm mit.",
      answer: "Sind auf jedem Gerät alle Wörter gleich, in derselben Reihenfolge?",
      words: "Sicherheitswörter",
      match: "Sie stimmen überein",
      differ: "Sie stimmen nicht überein",
      differAfterAll: "Die Wörter stimmten doch nicht überein",
      differTitle: "Sind die Wörter nicht dieselben?",
      differText:
        "Dann kam vielleicht jemand zwischen die Geräte, und Geld, das an diese Wallet geht, könnte gestohlen werden. Die Wallet kommt für immer in Quarantäne: Sie zeigt keine Adresse, und Sie erstellen eine neue.",
      differKeyText:
        "Dann kam vielleicht jemand zwischen die Geräte und könnte in Ihrem Namen signieren. Der Schlüssel kommt für immer in Quarantäne, und Sie machen einen neuen.",
      differInUse: (threshold: number) =>
        `Ist Geld in der Wallet? Dann bringen Sie es zuerst heraus, und zwar gleich: Dieses Gerät kann danach nicht mehr mit ihr signieren, und wenn weniger als ${threshold} Geräte übrig sind, die es können, kommt niemand mehr an das Geld.`,
      differConfirm: "Wallet in Quarantäne setzen",
      banner: "Nicht geprüft",
      bannerText: "Senden Sie nichts an diese Adresse, bevor die Sicherheitswörter verglichen sind.",
      done: "Die Sicherheitswörter wurden auf diesem Gerät verglichen.",
      announced: "Geprüft. Die Adresse kann verwendet werden.",
    },

    address: "Adresse der Gruppe",
    addressNumber: (number: number) => `Adresse Nr. ${number}`,
    addressEarlier: (number: number) => `Adresse Nr. ${number}, eine frühere`,
    addressShared: "Sie gehört der ganzen Gruppe.",
    addressOnce: "Geben Sie jedem, der Ihnen zahlt, eine neue; dann sieht niemand, was andere gezahlt haben. Sobald eine Zahlung an sie gesehen wird, tritt hier die nächste an ihre Stelle.",
    fresh: "Neue Adresse",
    previous: "Vorige Adresse",
    next: "Nächste Adresse",
    qr: (address: string) => `QR-Code der Adresse ${address}`,
    saveAddress: "Adresse speichern",
    savePng: "QR-Code als Bild (PNG)",
    saveSvg: "QR-Code als Zeichnung (SVG)",
    saveText: "Adresse als Text",
    noAddress: "Keine Adresse",
    noAddressText:
      "Dieser Schlüssel signiert Nachrichten und gehört zu keiner Blockchain; er hat also keine Adresse. Senden Sie nie Coins an eine Adresse, die jemand daraus abgeleitet hat: Niemand könnte sie ausgeben.",

    publicKey: "Öffentlicher Schlüssel der Gruppe",
    descriptor: "Deskriptor zum Beobachten",
    descriptorHint: "Importieren Sie ihn in Bitcoin Core oder Sparrow, um die Wallet dort zu beobachten. Ausgeben kann er nichts.",
    export: "Öffentliche Daten",
    exportHint: "Name, Adressen, Schlüssel und Mitglieder in einer Datei (JSON), für Ihre Unterlagen oder ein anderes Programm. Sie enthält nichts Geheimes.",

    members: "Mitglieder",
    membersHint: "Jedes dieser Geräte hält einen Anteil am Schlüssel.",
    presence: {
      direct: "Online",
      relayed: "Online, über den Server",
      connecting: "Verbindet sich",
      away: "Nicht online",
    },
    showFingerprint: "Fingerabdruck",
    openContact: "Kontakt öffnen",
    calledItself: (name: string) => `nennt sich „${name}“`,

    facts: {
      title: "Über diese Wallet",
      ceremonyName: "Name unter den Mitgliedern",
      purpose: "Zweck",
      network: "Netz",
      rule: "Regel",
      suite: "Signaturverfahren",
      made: "Entstanden am",
      id: "Kennung",
    },

    certificate: "Zertifikat",
    certificateHint: "Von jedem Mitglied unterschrieben: Es beweist, wer diesen Schlüssel gemeinsam gemacht hat.",
    check: {
      title: "Ein Zertifikat prüfen",
      text: "Ist es das richtige, und haben alle unterschrieben? Geprüft wird auf diesem Gerät; niemand wird gefragt.",
      field: "Zertifikat",
      hint: "Fügen Sie den Text ein oder wählen Sie die Datei.",
      choose: "Datei wählen",
      submit: "Prüfen",
      missing: "Fügen Sie das Zertifikat ein oder wählen Sie seine Datei.",
      tooLarge: "Diese Datei ist zu groß für ein Zertifikat.",
      unreadable: "Diese Datei ließ sich nicht lesen.",
      valid: (members: number) => `Echt: von allen ${members} Mitgliedern unterschrieben`,
      this: "Es ist das Zertifikat dieser Wallet.",
      other: (name: string) => `Es ist das Zertifikat einer anderen Wallet auf diesem Gerät, „${name}“.`,
      none: "Es gehört zu keiner Wallet auf diesem Gerät.",
      purpose: "Für",
      rule: "Regel",
      members: "Mitglieder",
      words: "Sicherheitswörter",
      key: "Öffentlicher Schlüssel der Gruppe",
      transcript: "Prüfsumme der Schlüsselerzeugung",
    },

    rename: "Umbenennen",
    renameTitle: "Diese Wallet umbenennen",
    renameText: (ceremony: string) => `Der neue Name gilt nur auf diesem Gerät. Unter den Mitgliedern heißt die Wallet „${ceremony}“.`,
    renameConfirm: "Namen speichern",

    remove: "Wallet entfernen",
    removeHint: "Löscht den Anteil dieses Geräts am Schlüssel.",
    removeTitle: (name: string) => `„${name}“ von diesem Gerät entfernen?`,
    removeText:
      "Der Anteil dieses Geräts am Schlüssel wird gelöscht und lässt sich nicht zurückholen, außer aus einer Sicherung dieses Geräts.",
    removeEnough: (threshold: number, rest: number) =>
      `Den anderen Mitgliedern bleibt die Wallet: Sie braucht ${threshold} Geräte, und ${rest} halten dann noch einen Anteil.`,
    removeExact: (threshold: number) =>
      `Die Wallet braucht ${threshold} Geräte, und nicht mehr als ${threshold} halten dann noch einen Anteil. Geht auch davon eines verloren, ist ihr Inhalt für immer verloren.`,
    removeLost: (threshold: number, rest: number) =>
      `Die Wallet braucht ${threshold} Geräte, und nur noch ${rest} ${rest === 1 ? "hielte" : "hielten"} einen Anteil: Ihr Inhalt wäre für immer verloren.`,
    removeHolds: "Soweit bekannt, enthält sie",
    removeQuarantined: "Ihre Wörter stimmten nicht überein, aber vorher kann Geld an sie gegangen sein. Behalten Sie sie, bis Sie wissen, dass nichts darin ist.",
    removeType: (name: string) => `Tippen Sie zur Bestätigung „${name}“`,
    removeConfirm: "Endgültig entfernen",

    unconfirmedTitle: "Lassen Sie Permafrost offen",

    unfinishedTitle: "Diese Wallet ist nicht fertig",
    unfinishedText: (names: readonly string[]) =>
      names.length === 0
        ? "Die letzten Unterschriften sind unterwegs."
        : `Die Unterschrift von ${list(names)} fehlt. Sie kommt von selbst, wenn ${
            names.length === 1 ? "dieses Gerät" : "diese Geräte"
          } zugleich mit diesem hier online ${names.length === 1 ? "ist" : "sind"}. Bis dahin hat die Wallet keine Adresse.`,
    unfinishedAdvice: (names: readonly string[]) =>
      names.length === 0
        ? "Lassen Sie Permafrost einen Augenblick offen."
        : `Bitten Sie ${
            names.length === 1 ? "den Menschen, dem es gehört," : "die Menschen, denen sie gehören,"
          } Permafrost zu öffnen, während es hier offen ist. Es ist kein Geld betroffen.`,
    discard: "Diese Wallet verwerfen",
    discardTitle: "Den Anteil dieses Geräts verwerfen?",
    discardText:
      "Wenn die anderen Geräte die Wallet doch noch fertigstellen, hat dieses Gerät keinen Anteil daran, und er lässt sich nicht zurückholen. Sprechen Sie sich vorher mit den anderen ab.",
    discardConfirm: "Anteil verwerfen",
    keep: "Behalten",

    unusableTitle: "Dieses Gerät kann mit dieser Wallet nicht signieren",
    quarantinedTitle: "Verwenden Sie diese Wallet nicht",
    quarantinedText:
      "Die Sicherheitswörter stimmten nicht überein: Vielleicht kam jemand zwischen die Geräte, während der Schlüssel entstand. Sie zeigt keine Adresse, und Geld, das an sie geht, könnte gestohlen werden.",
    quarantinedSteps: {
      tell: "Sagen Sie den anderen Mitgliedern, dass sie nichts dorthin senden.",
      money: (threshold: number) =>
        `Ist schon Geld darin, dann entfernen Sie sie nicht. Dieses Gerät kann nicht mehr mit ihr signieren, wohl aber die Mitglieder, die sie nicht in Quarantäne gesetzt haben, solange es ${threshold} sind: Bitten Sie sie, das Geld sofort herauszubringen, bevor sie dasselbe tun. Sind es zu wenige, kann noch eine Sicherung dieses Geräts aus der Zeit vor der Quarantäne signieren, wenn sie auf einem anderen Gerät wiederhergestellt wird.`,
      quarantine: "Ist sie leer, geben auch die anderen auf ihren Geräten an, dass die Wörter nicht übereinstimmen.",
      again: "Erstellen Sie gemeinsam eine neue Wallet, mit einer neuen Sitzungs-ID auf einem Weg, dem Sie vertrauen.",
      remove: "Entfernen Sie diese, sobald Sie wissen, dass nichts darin ist, damit niemand sie aus Versehen verwendet.",
    },
    quarantinedKeySteps: {
      tell: "Sagen Sie den anderen Mitgliedern, dass sie nichts damit signieren und auf ihren Geräten angeben, dass die Wörter nicht übereinstimmen.",
      again: "Erstellen Sie gemeinsam einen neuen Schlüssel, mit einer neuen Sitzungs-ID auf einem Weg, dem Sie vertrauen.",
      remove: "Entfernen Sie diesen, damit niemand ihn aus Versehen verwendet.",
    },
  },

  save: {
    short: "Speichern",
    action: (label: string) => `${label} speichern`,
    saved: (path: string) => `Gespeichert als ${path}`,
  },
};

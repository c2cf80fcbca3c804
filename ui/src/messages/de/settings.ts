import type { Messages } from "../en";

type Settings = Pick<
  Messages,
  "settings" | "hosting" | "ice" | "lock" | "locked" | "diagnostics" | "shortcuts" | "about"
>;

export const settings: Settings = {
  settings: {
    title: "Einstellungen",
    navigation: "Einstellungen",
    sections: {
      general: "Allgemein",
      device: "Dieses Gerät",
      network: "Netzwerk",
      security: "Sicherheit",
      diagnostics: "Diagnose",
      shortcuts: "Tastenkürzel",
      about: "Über Permafrost",
    },

    backup: "Sicherung",
    language: { label: "Sprache", system: "Wie das System", en: "English", de: "Deutsch" },
    theme: { label: "Erscheinungsbild", system: "Wie das System", light: "Hell", dark: "Dunkel" },
    notifications: "Benachrichtigungen",
    notificationsHint: "Sagen, wenn eine Sitzung mich braucht oder eine Wallet fertig ist, während ich woanders bin.",
    tray: "Im Infobereich weiterlaufen",
    trayHint: "Das Schließen des Fensters lässt Permafrost weiterlaufen, damit Sitzungen weitergehen.",
    relayOnly: "Meine Netzwerkadresse vor anderen Mitgliedern verbergen",
    relayOnlyHint:
      "Alles läuft über den Server, Ende zu Ende verschlüsselt, statt direkt von Gerät zu Gerät. Der Server sieht die Adresse weiterhin. Etwas langsamer.",
  },

  hosting: {
    title: "Auf diesem Computer bereitstellen",
    text: "Der Server läuft in dieser App: Andere im selben Netz treffen sich hier, und es braucht keinen fremden Server. Er läuft, solange Permafrost offen ist.",
    start: "Server starten",
    starting: "Der Server wird gestartet …",
    stop: "Server anhalten",
    address: "Adresse für die anderen Geräte",
    addressHint: "Geben Sie sie auf Geräten im selben Netz als Adresse des Servers ein.",
    others: (urls: readonly string[]) => `Falls sie nicht zu erreichen ist: ${urls.join(", ")}`,
    localOnly: "Dieser Computer ist in keinem Netz",
    localOnlyText: "Nur Programme auf diesem Computer erreichen den Server. Verbinden Sie sich mit einem Netz und starten Sie ihn noch einmal.",
    failed: "Der Server läuft nicht",
    retry: "Noch einmal versuchen",
  },

  ice: {
    title: "STUN- und TURN-Server",
    text: "Sie helfen Geräten hinter verschiedenen Routern, sich direkt zu verbinden. Ohne sie sprechen solche Geräte über den Vermittlungsserver miteinander.",
    unused: "Nicht in Gebrauch, solange die Netzwerkadresse verborgen ist: Nichts verbindet sich direkt.",
    add: "Server hinzufügen",
    edit: "Ändern",
    remove: "Entfernen",
    editNamed: (url: string) => `${url} ändern`,
    removeNamed: (url: string) => `${url} entfernen`,
    addTitle: "STUN- oder TURN-Server hinzufügen",
    editTitle: "Server ändern",
    removeTitle: "Diesen Server entfernen?",
    removeText: (url: string) => `${url} wird nicht mehr verwendet, und ein dafür gespeichertes Passwort wird gelöscht.`,
    url: "Adresse",
    urlHint: "stun:HOST oder turn:HOST, mit :PORT, wenn er nicht 3478 ist.",
    placeholder: "stun:stun.example.org",
    username: "Benutzername",
    credential: "Passwort",
    credentialHint: "Liegt im Schlüsselspeicher und wird nie wieder gezeigt.",
    credentialKept: "Leer lassen, um das gespeicherte zu behalten.",
    save: "Server speichern",
    user: (name: string) => `Benutzer ${name}, Passwort gespeichert`,
    userWithout: (name: string) => `Benutzer ${name}, kein Passwort gespeichert`,
    malformed: "Eine Adresse beginnt mit stun: oder turn:, etwa turn:turn.example.org.",
    usernameMissing: "Ein TURN-Server braucht einen Benutzernamen.",
    credentialMissing: "Ein TURN-Server braucht ein Passwort.",
  },

  lock: {
    title: "Sperren",
    passphrase: "App-Passphrase",
    passphraseText: "Ohne sie kann Permafrost öffnen, wer diesen Computer unter Ihrem Konto benutzt.",
    passphraseSet: "Wird beim Start von Permafrost und zum Entsperren verlangt.",
    set: "Passphrase festlegen",
    change: "Ändern",
    remove: "Entfernen",
    save: "Passphrase speichern",
    setTitle: "App-Passphrase festlegen",
    changeTitle: "App-Passphrase ändern",
    removeTitle: "App-Passphrase entfernen?",
    setText:
      "Permafrost verlangt sie beim Start und nach dem Sperren. Niemand kann sie zurücksetzen: Ohne sie lassen sich die Wallets dieses Geräts hier nicht öffnen.",
    removeText: "Permafrost öffnet sich dann ohne Frage und sperrt sich nicht mehr.",
    current: "Bisherige Passphrase",
    fresh: "Neue Passphrase",
    freshHint: "Mindestens 10 Zeichen; vier oder fünf zufällige Wörter sind gut.",
    auto: "Sperren, wenn ich weg bin",
    autoHint: "Nach dieser Zeit ohne Tastendruck oder Mausbewegung.",
    needsPassphrase: "Legen Sie zuerst eine App-Passphrase fest.",
    after: (time: string) => `Nach ${time}`,
    never: "Nie",
    withSystem: "Mit dem System sperren",
    withSystemHint: "Wird der Bildschirm des Systems gesperrt, dann auch Permafrost.",
    now: "Jetzt sperren",
  },

  locked: {
    title: "Permafrost ist gesperrt",
    text: {
      os: (device: string) => `Geben Sie die App-Passphrase von „${device}“ ein.`,
      vault: (device: string) => `Geben Sie die Passphrase des Tresors von „${device}“ ein.`,
    },
    busy: "Wird entsperrt …",
    forgotten: "Passphrase vergessen?",
    forgottenText: {
      os: "Niemand kann sie zurücksetzen. Eine Sicherung dieses Geräts lässt sich mit der Passphrase der Sicherung auf einem anderen Gerät oder in einem neuen Profil wiederherstellen. Die Anteile der anderen Mitglieder sind nicht betroffen.",
      vault:
        "Niemand kann sie zurücksetzen: Ohne sie sind die Anteile im Tresor verloren. Eine Sicherung dieses Geräts lässt sich mit der Passphrase der Sicherung auf einem anderen Gerät oder in einem neuen Profil wiederherstellen. Die Anteile der anderen Mitglieder sind nicht betroffen.",
    },
  },

  diagnostics: {
    title: "Diagnose",
    level: "Protokoll",
    levelHint: "Wie viel Permafrost darüber aufschreibt, was es tut. Nie ein Geheimnis.",
    levels: { warn: "Warnungen und Fehler", info: "Auch was geschieht", debug: "Alles, um einen Fehler zu finden" },
    text: "Ein Text für Menschen, die Ihnen helfen, einen Fehler zu finden: Versionen, Einstellungen, Anzahlen, Fehlercodes und das Ende des Protokolls. Er enthält keine Schlüssel, Namen, Adressen oder Server. Sie sehen ihn ganz, bevor Sie ihn speichern.",
    look: "Text ansehen",
    preview: "Text der Diagnose",
    previewText: "Das ist alles, was gespeichert wird. Nichts wird irgendwohin gesendet.",
    save: "Speichern",
    saved: (path: string) => `Gespeichert als ${path}`,
  },

  shortcuts: {
    text: "Sie gehen von überall in der App.",
    names: {
      home: "Übersicht",
      create: "Wallet erstellen",
      join: "Einer Sitzung beitreten",
      contacts: "Kontakte",
      settings: "Einstellungen",
      lock: "Sperren",
      shortcuts: "Diese Liste",
      about: "Über Permafrost",
    },
  },

  about: {
    text: "Eine Wallet, deren Schlüssel nie an einem Ort existiert. Mehrere Geräte machen ihn gemeinsam; genug von ihnen signieren, und kein Server hält etwas von Wert.",
    version: "Version",
    commit: "Commit",
    licence: "Lizenz",
    licenceText: "MIT oder Apache 2.0, wie Sie möchten",
    licences: "Lizenzen der Bestandteile",
    licencesText: "Permafrost entsteht mit der Arbeit vieler anderer. Danke.",
    limitsTitle: "Was es noch nicht kann",
    limits: "Permafrost macht Wallets und kann noch nicht aus ihnen zahlen. Senden Sie kein echtes Geld an eine. Niemand außerhalb des Projekts hat es geprüft.",
  },
};

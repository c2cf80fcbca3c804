import type { Messages } from "../en";

type Labels = Pick<Messages, "copy" | "chain" | "threshold" | "device" | "keystore" | "trial" | "server">;

export const labels: Labels = {
  copy: {
    action: (label: string) => `${label} kopieren`,
    short: "Kopieren",
    done: "Kopiert",
    announced: (label: string) => `${label} kopiert`,
    taken: (label: string) => `${label} kopiert. Nach 90 Sekunden verschwindet das wieder aus der Zwischenablage.`,
    failed: "Nicht kopiert. Markieren Sie den Text und kopieren Sie ihn von Hand.",
  },

  chain: {
    ed25519: { name: "Solana", suite: "FROST(Ed25519, SHA-512)", hint: "Für SOL und Token." },
    "secp256k1-tr": {
      name: "Bitcoin",
      suite: "FROST(secp256k1, SHA-256)-TR",
      hint: "Für Bitcoin. Andere Wallet-Programme können sie anzeigen, aber nichts ausgeben.",
    },
    secp256k1: {
      name: "Reine Schlüssel",
      suite: "FROST(secp256k1, SHA-256)",
      hint: "Signiert Nachrichten. Hat keine Adresse und kann keine Coins halten.",
    },
  },

  threshold: {
    short: (threshold: number, participants: number) => `${threshold} von ${participants}`,
    sign: (threshold: number, participants: number) =>
      threshold === participants
        ? `Alle ${participants} Geräte sind nötig, um zu signieren.`
        : `Je ${threshold} der ${participants} Geräte können gemeinsam signieren; ${
            threshold === 2 ? "1 allein kann es" : `${threshold - 1} zusammen können es`
          } nicht.`,
  },

  device: {
    name: "Gerätename",
    rename: "Umbenennen",
    saveName: "Namen speichern",
    nameHint: "Andere sehen diesen Namen, wenn Sie ihnen beitreten.",
    nameMissing: "Geben Sie dem Gerät einen Namen.",
    nameTooLong: (most: number) => `Höchstens ${most} Zeichen.`,
    fingerprint: "Fingerabdruck",
    fingerprintHint: "Wer diese Wörter mit Ihnen vergleicht, weiß, dass er mit diesem Gerät spricht.",
    fingerprintLater: "Erscheint, sobald der Schlüsselspeicher offen ist.",
    fingerprintOf: (name: string) => `Fingerabdruck von ${name}`,
    own: "dieses Gerät",
    creator: "hat erstellt",
  },

  keystore: {
    title: "Schlüsselspeicher",
    kind: { os: "Schlüsselbund des Systems", vault: "Tresor mit Passphrase" },
    open: "Offen",
    about: {
      os: "Nur Programme unter Ihrem Konto auf diesem Computer kommen an seinen Inhalt.",
      vault: "Eine Datei, die nur Ihre Passphrase öffnet.",
    },
    needsPassphrase: "Gesperrt",
    noVault: "Nicht eingerichtet",
    unavailable: "Nicht verfügbar",
    closedTitle: "Der Schlüsselspeicher ist nicht offen",
    closedElsewhere: "Erst wenn der Schlüsselspeicher offen ist, können Sie Wallets erstellen oder beitreten.",
    goFix: "Schlüsselspeicher öffnen",
    unlockTitle: "Tresor entsperren",
    unlockText:
      "Die Schlüsselanteile dieses Geräts liegen in einem Tresor. Seine Passphrase öffnet sie, bis Permafrost geschlossen wird.",
    unlock: "Entsperren",
    freshTitle: "Tresor einrichten",
    freshText:
      "Die Schlüsselanteile dieses Geräts kommen in eine Datei, die nur diese Passphrase öffnet. Niemand kann sie zurücksetzen: Wird sie vergessen, sind die Anteile dieses Geräts verloren.",
    create: "Tresor anlegen",
    passphrase: "Passphrase",
    repeat: "Passphrase wiederholen",
    showPassphrase: "Passphrase zeigen",
    hidePassphrase: "Passphrase verbergen",
    passphraseMissing: "Geben Sie die Passphrase ein.",
    passphraseShort: (least: number) => `Mindestens ${least} Zeichen; vier oder fünf zufällige Wörter sind gut.`,
    passphraseDiffers: "Die beiden Passphrasen sind verschieden.",
    retry: "Noch einmal versuchen",
    choose: {
      os: "Schlüssel können stattdessen in einer Datei unter Ihrer eigenen Passphrase liegen. Andere Ihrer Programme können sie dann nicht öffnen, und Permafrost fragt bei jedem Start nach der Passphrase.",
      vault: "Schlüssel können stattdessen im Schlüsselbund des Systems liegen. Er ist offen, solange Sie angemeldet sind; Permafrost fragt also nach keiner Passphrase, wenn Sie keine festlegen.",
    },
    chooseUntil: "Sie haben die Wahl, bis dieses Gerät seine erste Wallet hat.",
    stays: "Er bleibt derselbe, solange dieses Gerät Wallets hat oder in einer Sitzung ist.",
    switch: {
      vault: {
        action: "Tresor mit Passphrase verwenden",
        title: "Auf diesem Gerät einen Tresor mit Passphrase verwenden?",
        text: "Schlüsselanteile kommen dann in eine Datei unter Ihrer eigenen Passphrase statt in den Schlüsselbund des Systems. Permafrost wechselt nie von selbst zurück.",
      },
      os: {
        action: "Schlüsselbund des Systems verwenden",
        title: "Auf diesem Gerät den Schlüsselbund des Systems verwenden?",
        text: "Schlüsselanteile kommen dann in den Schlüsselbund des Systems statt in einen Tresor mit Passphrase.",
      },
      identity:
        "Dieses Gerät hat keine Wallets, es geht also nichts verloren. Es bekommt neue Fingerabdruck-Wörter, eine App-Passphrase wird vergessen, und Passwörter von Bitcoin-Nodes und von TURN-Servern, die Geräten beim Verbinden helfen, sind neu einzugeben.",
    },
  },

  trial: {
    try: "Ausprobieren",
    running: "Wird ausprobiert …",
    reached: "Er antwortet.",
  },

  server: {
    title: "Vermittlungsserver",
    text: "Hier finden Geräte zueinander. Er kann nichts von Wert sehen oder ändern. Alle in einer Sitzung verwenden denselben.",
    url: "Adresse des Servers",
    placeholder: "wss://signal.example.org",
    save: "Server speichern",
    saved: "Gespeichert.",
    unreached: "Gespeichert, aber unter dieser Adresse kommt keine Verbindung zustande",
    clear: "Server entfernen",
    missing: "Geben Sie die Adresse des Servers ein.",
    malformed: "Eine Adresse beginnt mit wss:// oder ws://, etwa wss://signal.example.org.",
    userinfo: "In einer Adresse steht kein Benutzername und kein Passwort. Entfernen Sie, was vor dem @ steht.",
    none: "Kein Server eingestellt",
    noneText: "Geräte finden über einen Vermittlungsserver zueinander. Stellen Sie auf allen denselben ein.",
    set: "Server einstellen",
    status: {
      idle: "Bereit; verbindet sich bei Bedarf",
      connecting: "Verbindet sich …",
      connected: "Verbunden",
      waiting: "Keine Verbindung",
    },
    idleBrief: "Bereit",
    retryNow: "Neuer Versuch läuft …",
    retryIn: (time: string) => `Neuer Versuch in ${time}.`,
  },
};

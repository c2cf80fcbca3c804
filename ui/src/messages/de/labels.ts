import type { Messages } from "../en";

type Labels = Pick<Messages, "copy" | "chain" | "threshold" | "device" | "keystore" | "server">;

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
      hint: "Taproot-Adressen; in anderen Wallets zum Beobachten.",
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
    useVault: "Tresor mit Passphrase verwenden",
    useOs: "Schlüsselbund des Systems verwenden",
    switchVaultTitle: "Auf diesem Gerät einen Tresor mit Passphrase verwenden?",
    switchVaultText:
      "Schlüsselanteile kommen dann in eine Datei unter Ihrer eigenen Passphrase statt in den Schlüsselbund des Systems. Permafrost wechselt nie von selbst zurück.",
    switchOsTitle: "Auf diesem Gerät den Schlüsselbund des Systems verwenden?",
    switchOsText: "Schlüsselanteile kommen dann in den Schlüsselbund des Systems statt in einen Tresor mit Passphrase.",
  },

  server: {
    title: "Vermittlungsserver",
    text: "Hier finden Geräte zueinander. Er kann nichts von Wert sehen oder ändern. Alle in einer Sitzung verwenden denselben.",
    url: "Adresse des Servers",
    placeholder: "wss://signal.example.org",
    save: "Server speichern",
    saved: "Gespeichert",
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

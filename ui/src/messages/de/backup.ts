import type { Messages } from "../en";
import { list } from "./words";

export const backup: Pick<Messages, "backup" | "restore"> = {
  backup: {
    title: "Dieses Gerät sichern",
    lead: "Eine verschlüsselte Datei, aus der sich die Anteile dieses Geräts zurückholen lassen, wenn es kaputt oder verloren geht.",
    back: "Zurück zu den Einstellungen",
    contains: "Was darin ist",
    has: {
      identity: "Identität und Name dieses Geräts",
      shares: (count: number) =>
        count === 0 ? "Anteile fertiger Wallets; noch gibt es keine" : count === 1 ? "Der Anteil an 1 fertigen Wallet" : `Die Anteile an ${count} fertigen Wallets`,
    },
    hasNot: {
      unfinished: (names: readonly string[]) => `Nicht ${list(names)}: Sichern Sie noch einmal, wenn ${names.length === 1 ? "diese Wallet fertig ist" : "diese Wallets fertig sind"}`,
      later: "Nicht Wallets, die später entstehen: Sichern Sie dann noch einmal",
      settings: "Nicht Einstellungen, Kontakte und die Anteile anderer",
    },
    passphrase: "Passphrase der Sicherung",
    repeat: "Passphrase wiederholen",
    hint: "Schreiben Sie sie auf und verwahren Sie sie getrennt von der Datei. Niemand kann sie zurücksetzen.",
    strength: { short: (left: number) => `Noch ${left} Zeichen nötig`, fair: "Ausreichend; länger ist besser", good: "Gute Länge" },
    strengthHint: "Vier oder fünf zufällige Wörter sind gut.",
    submit: "Sicherung speichern",
    busy: "Wird verschlüsselt …",
    savedTitle: "Die Sicherung ist gespeichert",
    saved: (path: string) => `Sie liegt in ${path}.`,
    savedAdvice: "Verwahren Sie eine Kopie nicht bei diesem Computer und die Passphrase an einem anderen Ort. Wer beides hat, hat die Anteile dieses Geräts.",
    done: "Fertig",
    restoreLink: "Eine Sicherung auf diesem Gerät wiederherstellen",
  },

  restore: {
    title: "Sicherung wiederherstellen",
    lead: "Dieses Gerät übernimmt Identität und Anteile des gesicherten Geräts.",
    file: "Datei der Sicherung",
    choose: "Datei wählen",
    chooseOther: "Andere Datei wählen",
    drop: "Oder ziehen Sie sie hierher.",
    missing: "Wählen Sie die Datei der Sicherung.",
    tooLarge: "Diese Datei ist zu groß für eine Sicherung.",
    unreadable: "Diese Datei ließ sich nicht lesen.",
    passphrase: "Passphrase der Sicherung",
    onceTitle: "Nur wenn es das andere Gerät nicht mehr gibt",
    once: "Verwenden Sie eine Sicherung immer nur auf einem Gerät. Läuft das gesicherte Gerät noch, verwenden Sie es nicht mehr.",
    submit: "Wiederherstellen",
    busy: "Wird entschlüsselt …",
    notEmptyTitle: "Dieses Gerät ist nicht leer",
    notEmpty: "Eine Sicherung passt nur in ein Gerät ohne Wallets und Sitzungen, denn sie bringt die Identität des Geräts mit. Starten Sie Permafrost unter einem anderen Gerätenamen und stellen Sie sie dort wieder her.",
    doneTitle: (device: string) => `Dieses Gerät ist jetzt „${device}“`,
    done: (count: number) =>
      count === 0 ? "In der Sicherung waren keine Wallets." : count === 1 ? "1 Wallet ist wieder da." : `${count} Wallets sind wieder da.`,
    toWallets: "Zu den Wallets",
  },
};

import type { Messages } from "../en";

export const app: Pick<Messages, "app"> = {
  app: {
    name: "Permafrost",
    starting: "Dieses Gerät wird geöffnet …",
    startFailed: "Permafrost konnte nicht starten",
    startFailedAdvice: "Ihre Schlüssel sind, wo sie waren. Schließen Sie dieses Fenster und starten Sie Permafrost noch einmal.",
    broken: "Diese Seite kann nicht gezeigt werden",
    brokenAdvice: "Das ist ein Fehler von Permafrost, nicht Ihrer. Ihre Schlüssel und laufende Sitzungen sind nicht betroffen.",
    showAgain: "Noch einmal zeigen",
    skipToContent: "Zum Inhalt springen",
    navigation: "Hauptmenü",
    home: "Übersicht",
    create: "Wallet erstellen",
    join: "Beitreten",
    wallets: "Wallets",
    sessions: "Sitzungen",
    cancel: "Abbrechen",
    back: "Zurück zur Übersicht",
  },
};

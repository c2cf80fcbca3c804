import type { Messages } from "../en";

export const home: Pick<Messages, "home"> = {
  home: {
    title: "Übersicht",
    welcome: "Eine Wallet, die mehrere Geräte teilen",
    welcomeText:
      "Mehrere Geräte machen gemeinsam einen Schlüssel. Genug von ihnen signieren; keines kann es allein. Erstellen Sie hier eine Wallet oder treten Sie einer bei, die jemand anderes begonnen hat.",
    problemTitle: "Etwas braucht Ihre Aufmerksamkeit",
    walletsTitle: "Wallets",
    sessionsTitle: "Sitzungen",
  },
};

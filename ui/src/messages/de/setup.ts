import type { Messages } from "../en";

export const setup: Pick<Messages, "setup"> = {
  setup: {
    kept: "Womit Sie beitreten möchten, bleibt erhalten",
    keptText: "Es wird angesehen, sobald diese Schritte erledigt oder übersprungen sind.",
    skip: "Überspringen",
    step: (step: number, total: number) => `Schritt ${step} von ${total}`,
    next: "Weiter",
    back: "Zurück",
    restore: "Stattdessen eine Sicherung wiederherstellen",
    restoreBack: "Stattdessen ein neues Gerät einrichten",
    finish: "Permafrost verwenden",
    finishLater: "Beginnen und später darum kümmern",

    name: {
      title: "Willkommen bei Permafrost",
      text: "Mehrere Geräte machen gemeinsam den Schlüssel einer Wallet, und keines hat ihn je ganz. Wie soll dieses Gerät heißen?",
      hint: "Alle, mit denen Sie eine Wallet machen, sehen diesen Namen. Sie können ihn später ändern.",
    },

    meeting: {
      title: "Wie finden Ihre Geräte zueinander?",
      text: "Geräte finden sich über einen Server. Er leitet weiter, was sie sagen, und kann es weder lesen noch ändern.",
      server: { name: "Über einen Server", text: "Jemand aus Ihrer Gruppe betreibt einen, und alle geben dieselbe Adresse ein." },
      host: {
        name: "Über diesen Computer",
        text: "Gut in einem gemeinsamen Netz, zu Hause oder im Büro. Geht, solange Permafrost hier offen ist.",
      },
      later: { name: "Später entscheiden", text: "Eine Sitzungs-ID, die Sie bekommen, sagt auch, wo man sich trifft." },
      urlHint: "Alle in einer Sitzung verwenden denselben.",
      anyway: "Trotzdem weiter",
    },

    keystore: {
      title: "Wo Schlüssel aufbewahrt werden",
      text: "Die Schlüsselanteile dieses Geräts verlassen es nie unverschlüsselt.",
      ready: { os: "Der Schlüsselbund des Systems ist bereit", vault: "Der Tresor ist offen" },
      later: "Wallets können Sie erstellen, sobald der Schlüsselspeicher offen ist.",
    },
  },
};

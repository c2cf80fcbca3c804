import type { Messages } from "../en";
import { list } from "./words";

export const session: Pick<Messages, "session"> = {
  session: {
    untitled: "Neue Sitzung",
    loading: "Die Sitzung wird vorbereitet …",
    by: (name: string) => `erstellt von ${name}`,
    state: { waiting: "Wartet", inProgress: "Läuft", completed: "Abgeschlossen", failed: "Beendet" },
    server: (server: string) => `Trifft sich auf ${server}`,
    announcedTag: "Angekündigt",
    id: "Sitzungs-ID",
    idText: "Schicken Sie sie den anderen auf einem Weg, dem Sie vertrauen: Wer sie hat, kann einen Platz in der Sitzung einnehmen.",

    waiting: {
      server: "Verbindung zum Server wird aufgebaut",
      serverText: "Die Sitzung geht von selbst weiter, sobald der Server antwortet.",
      creator: "Warten auf das Gerät, das die Sitzung erstellt hat",
      creatorText: "Es muss online sein, um zu sagen, worum es geht. Bitten Sie die Person, Permafrost zu öffnen.",
      participants: (joined: number, total: number) => `${joined} von ${total} sind beigetreten`,
      participantsText: "Der Schlüssel entsteht von selbst, sobald alle beigetreten sind. Lassen Sie Permafrost offen.",
      present: (present: number, total: number) => `${present} von ${total} sind da`,
      presentText:
        "Sie haben zugestimmt. Der Schlüssel entsteht von selbst, sobald alle zugestimmt haben. Lassen Sie Permafrost offen.",
    },

    consent: {
      title: "Möchten Sie einen Anteil dieser Wallet halten?",
      text: "Von Ihnen wurde noch nichts gesendet. Prüfen Sie, ob das ist, was Sie erwarten.",
      wallet: "Wallet",
      purpose: "Für",
      rule: "Regel",
      by: "Vorgeschlagen von",
      words: "Dessen Fingerabdruck",
      wordsHint: "Vergleichen Sie diese Wörter im Zweifel miteinander, am Telefon oder persönlich.",
      agree: "Zustimmen und beitreten",
      decline: "Ablehnen",
      declineTitle: "Diese Sitzung ablehnen?",
      declineText:
        "Sie verlassen die Sitzung. Ihr Platz muss anders besetzt werden, oder Sie werden noch einmal eingeladen.",
    },

    progress: {
      title: "Der Schlüssel entsteht",
      waitingFor: (names: readonly string[]) => `Warten auf ${list(names)}.`,
      nobody: "Alle haben ihren Teil dieses Schritts getan.",
      step: (step: number, total: number) => `Schritt ${step} von ${total}`,
      steps: "Schritte",
    },
    timeLeft: (time: string) => `noch ${time}`,
    timeUp: "Die Zeit ist um",

    round: {
      joining: { name: "Treffen", short: "Treffen", text: "Jedes Gerät verbindet sich mit jedem anderen." },
      roster: {
        name: "Festlegen, wer teilnimmt",
        short: "Liste",
        text: "Alle Geräte prüfen, dass sie dieselben Mitglieder sehen.",
      },
      round1: { name: "Festlegen", short: "R1", text: "Jedes Gerät legt sich auf seinen Teil des Schlüssels fest." },
      echo: { name: "Vergleichen", short: "Echo", text: "Alle prüfen, dass jeder dasselbe empfangen hat." },
      round2: {
        name: "Anteile austauschen",
        short: "R2",
        text: "Je zwei Geräte tauschen Anteile aus, Ende zu Ende verschlüsselt.",
      },
      round3: { name: "Prüfen", short: "R3", text: "Jedes Gerät prüft, was es empfangen hat, und berechnet seinen Anteil." },
      commit: {
        name: "Zertifikat unterschreiben",
        short: "Ende",
        text: "Jedes Gerät speichert seinen Anteil und unterschreibt das Ergebnis.",
      },
    },
    status: { pending: "noch nicht begonnen", active: "läuft", done: "erledigt", failed: "gescheitert" },
    link: {
      own: "Dieses Gerät",
      connecting: "Verbindet sich …",
      direct: "Direkt",
      relayed: "Weitergeleitet, Ende zu Ende verschlüsselt",
      down: "Nicht verbunden",
    },

    participants: "Teilnehmende",
    participant: "Gerät",
    places: (count: number) => (count === 1 ? "1 Platz ist frei" : `${count} Plätze sind frei`),
    showFingerprint: (name: string) => `Fingerabdruck von ${name} zeigen`,

    requests: "Beitrittsanfragen",
    request: (name: string) => `${name} möchte beitreten`,
    requestKnown: "Sie sind diesem Gerät in einer früheren Sitzung begegnet.",
    requestStranger:
      "Sie sind diesem Gerät noch nicht begegnet. Vergleichen Sie diese Wörter mit der Person am anderen Ende, am Telefon oder persönlich, bevor Sie sie einlassen.",
    admit: "Einlassen",
    refuse: "Abweisen",
    admitNamed: (name: string) => `${name} einlassen`,
    refuseNamed: (name: string) => `${name} abweisen`,

    cancel: "Sitzung abbrechen",
    cancelTitle: "Diese Sitzung abbrechen?",
    cancelText: "Es entsteht keine Wallet, und alle, die beigetreten sind, erfahren davon. Geld ist nicht betroffen.",
    leave: "Sitzung verlassen",
    leaveTitle: "Diese Sitzung verlassen?",
    leaveWaitingText: "Ihr Platz wird für jemand anderen frei. Geld ist nicht betroffen.",
    leaveRunningText:
      "Ohne dieses Gerät können die anderen den Schlüssel nicht machen; die Sitzung endet also für alle. Geld ist nicht betroffen.",
    leaveCommitText:
      "Andere Geräte sind vielleicht schon fertig. Dieses Gerät behält seinen Anteil als unfertige Wallet, und die Wallet kann nicht verwendet werden, bis jedes Gerät unterschrieben hat.",
    stay: "Bleiben",

    completed: {
      title: "Die Wallet ist fertig",
      text: "Alle Geräte haben das Zertifikat unterschrieben.",
      open: "Wallet öffnen",
      unconfirmed: (names: readonly string[]) =>
        `Lassen Sie Permafrost noch einen Moment offen: ${list(names)} ${names.length === 1 ? "hat" : "haben"} noch nicht bestätigt, dass das Zertifikat angekommen ist.`,
    },
    failed: {
      title: "Die Sitzung endete ohne Wallet",
      unfinishedTitle: "Die Wallet ist nicht fertig",
      culprits: (names: readonly string[]) => `Verursacht von ${list(names)}`,
      unfinished: "Dieses Gerät behält seinen Anteil, da andere fertig geworden sein können. Die Wallet steht als unfertig in der Liste.",
      openUnfinished: "Unfertige Wallet öffnen",
      again: "Noch einmal erstellen",
    },
    dismiss: "Aus der Liste nehmen",
  },
};

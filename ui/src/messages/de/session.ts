import type { Messages } from "../en";
import { list } from "./words";

const others = (count: number) => (count === 1 ? "1 weiteres" : `${count} weitere`);

const some = (names: readonly string[], most = 4) =>
  names.length > most + 1 ? list([...names.slice(0, most), others(names.length - most)]) : list(names);

export const session: Pick<Messages, "session" | "recognition" | "news"> = {
  session: {
    untitled: "Neue Sitzung",
    loading: "Die Sitzung wird vorbereitet …",
    by: (name: string) => `erstellt von ${name}`,
    state: { waiting: "Wartet", inProgress: "Läuft", completed: "Abgeschlossen", failed: "Beendet" },
    server: (server: string) => `Treffpunkt: ${server}`,
    announcedTag: "Angekündigt",
    notAnnounced: "Der Server kündigt diese Sitzung nicht an",

    invite: {
      title: "Die anderen einladen",
      text: "Schicken Sie das allen auf einem Weg, dem Sie vertrauen: Wer die Sitzungs-ID hat, kann einen Platz einnehmen.",
      id: "Sitzungs-ID",
      qr: "Sitzungs-ID als QR-Code",
      qrHint: "Oder lassen Sie diesen Code lesen: Ein Bild davon genügt zum Beitreten.",
      invitation: "Einladung",
      preview: "Was in der Einladung steht",
      message: (wallet: string, kind: string, rule: string, id: string) =>
        `Bitte treten Sie „${wallet}“ bei: ${kind}, ${rule}.\n\nÖffnen Sie Permafrost und fügen Sie diese ganze Nachricht ein:\n\n${id}\n\nPrüfen Sie vor dem Zustimmen, ob Name und Zahlen dieselben sind wie hier.`,
      rule: (threshold: number, participants: number) => `${threshold} von ${participants} Geräten signieren`,
      kind: (chain: string) => `eine gemeinsame ${chain}-Wallet`,
      testKind: (chain: string, network: string) => `eine gemeinsame ${chain}-Wallet im Testnetz ${network}`,
      keyKind: "ein gemeinsamer Schlüssel zum Signieren von Nachrichten",
    },

    waiting: {
      server: "Verbindung zum Server wird aufgebaut",
      serverText: "Die Sitzung geht von selbst weiter, sobald der Server antwortet.",
      creator: "Warten auf das Gerät, das die Sitzung erstellt hat",
      creatorText: "Es muss online sein, um zu sagen, worum es geht. Bitten Sie die Person, Permafrost zu öffnen.",
      participants: (joined: number, total: number) => `${joined} von ${total} sind beigetreten`,
      participantsText: "Der Schlüssel entsteht von selbst, sobald alle beigetreten sind. Lassen Sie Permafrost offen.",
      cutOff: "Keine Verbindung zum Server: Bis sie zurück ist, kann niemand beitreten. Permafrost versucht es weiter.",
      lost: (headline: string, names: readonly string[]) =>
        `${headline}; die Verbindung zu ${some(names)} ist verloren`,
      lostText: "Der Schlüssel entsteht nur, solange alle verbunden sind. Bitten Sie darum, dass dort nach Permafrost und dem Netz gesehen wird; es wird von selbst wieder versucht.",
      present: (present: number, total: number) => `${present} von ${total} sind da`,
      presentText:
        "Sie haben zugestimmt. Der Schlüssel entsteht von selbst, sobald alle zugestimmt haben. Lassen Sie Permafrost offen.",
    },

    impostor: {
      title: (name: string) => `Das ist nicht „${name}“, wie Sie es kennen`,
      text: (name: string) => `Ein Gerät, das sich „${name}“ nennt, hat einen anderen Schlüssel. Rufen Sie ${name} jetzt an.`,
      own: "Ein Gerät trägt den Namen Ihres eigenen mit einem anderen Schlüssel. Fragen Sie die anderen jetzt, wem es gehört.",
      cancel: "Gehört es niemandem, brechen Sie die Sitzung ab: Die Wallet entsteht von selbst, sobald alle da sind.",
      leave: "Gehört es niemandem, verlassen Sie die Sitzung: Die Wallet entsteht von selbst, sobald alle da sind.",
    },

    consent: {
      title: "Möchten Sie einen Anteil dieser Wallet halten?",
      text: "Die anderen sehen Namen und Wörter dieses Geräts. Noch ist kein Teil eines Schlüssels entstanden. Prüfen Sie, ob das ist, was Sie erwarten.",
      wallet: "Wallet",
      purpose: "Für",
      rule: "Regel",
      by: "Vorgeschlagen von",
      wordsHint: "Vergleichen Sie diese Wörter am Telefon oder persönlich, wenn Sie diesem Gerät noch nicht begegnet sind.",
      agree: "Zustimmen und beitreten",
      agreeAnyway: "Trotzdem zustimmen",
      agreeAnywayTitle: (name: string) => `Beitreten, ohne zu wissen, wer „${name}“ ist?`,
      agreeAnywayText: (name: string) =>
        `Dieses Gerät ist nicht „${name}“, wie Sie es kennen. Gibt sich jemand dafür aus, kann Geld aus dieser Wallet gestohlen werden. Vergleichen Sie zuerst die Fingerabdrücke.`,
      decline: "Ablehnen",
      declineTitle: "Diese Sitzung ablehnen?",
      declineText: "Sie verlassen die Sitzung. Ihren Platz muss jemand anderes einnehmen, oder Sie werden noch einmal eingeladen.",
    },

    progress: {
      title: "Der Schlüssel entsteht",
      waitingFor: (names: readonly string[]) => `Es fehlt noch: ${some(names)}.`,
      nobody: "Alle haben ihren Teil dieses Schritts getan.",
      step: (step: number, total: number) => `Schritt ${step} von ${total}`,
      steps: "Schritte",
    },
    waits: (time: string) => `Dieses Gerät wartet noch ${time}`,
    timeLeft: (time: string) => `noch ${time}`,
    timeUp: "Die Zeit ist um",

    round: {
      joining: { name: "Treffen", text: "Jedes Gerät verbindet sich mit jedem anderen." },
      roster: { name: "Teilnehmer abstimmen", text: "Alle Geräte prüfen, dass sie dieselben Mitglieder sehen." },
      round1: { name: "Festlegen", text: "Jedes Gerät legt sich auf seinen Teil des Schlüssels fest." },
      echo: { name: "Vergleichen", text: "Alle prüfen, dass alle dasselbe empfangen haben." },
      round2: { name: "Anteile austauschen", text: "Je zwei Geräte tauschen Anteile aus, durchgehend verschlüsselt." },
      round3: { name: "Prüfen", text: "Jedes Gerät prüft, was es empfangen hat, und berechnet seinen Anteil." },
      commit: { name: "Zertifikat signieren", text: "Jedes Gerät speichert seinen Anteil und signiert das Ergebnis." },
    },
    link: {
      own: "Dieses Gerät",
      connecting: "Verbindet …",
      direct: "Direkt",
      relayed: "Über den Server",
      down: "Nicht verbunden",
    },
    linkText: {
      own: "Sie benutzen es.",
      connecting: "Eine Verbindung wird aufgebaut.",
      direct: "Ohne Umweg verbunden, durchgehend verschlüsselt.",
      relayed: "Über den Server verbunden. Er kann nichts lesen: Alles ist durchgehend verschlüsselt.",
      down: "Im Moment besteht keine Verbindung. Sie wird von selbst wieder versucht.",
    },

    participants: "Teilnehmer",
    ownWords: "Wörter dieses Geräts",
    freePlace: "Freier Platz",
    awaited: "Auf dieses Gerät wird gewartet",
    part: (done: number, total: number) => `${done} von ${total} Schritten getan`,
    partFailed: (step: string) => `Gescheitert bei „${step}“`,
    ownEnd: { cancelled: "Von Ihnen abgebrochen", left: "Von Ihnen verlassen" },
    allDone: "Fertig",
    details: "Einzelheiten",
    connection: "Verbindung",

    requests: "Anfragen",
    noRequests: "Im Moment fragt niemand an. Eine Anfrage erscheint hier von selbst.",
    request: (name: string) => `${name} bittet um Einlass`,
    requestKnown: "Sie sind diesem Gerät in einer früheren Sitzung begegnet. Seine Wörter wurden nie verglichen.",
    requestVerified: "Sie kennen dieses Gerät, und seine Wörter wurden verglichen.",
    requestStranger:
      "Sie sind diesem Gerät noch nicht begegnet. Vergleichen Sie diese Wörter am Telefon oder persönlich, bevor Sie es einlassen.",
    admit: "Einlassen",
    refuse: "Abweisen",
    admitNamed: (name: string) => `${name} einlassen`,
    refuseNamed: (name: string) => `${name} abweisen`,
    admitTitle: (name: string) => `Ein Gerät einlassen, das nicht „${name}“ ist, wie Sie es kennen?`,
    admitText: (name: string) =>
      `Gibt sich jemand für „${name}“ aus, bekäme diese Person einen Anteil der Wallet. Rufen Sie ${name} an und vergleichen Sie zuerst die Wörter.`,
    admitAnyway: "Trotzdem einlassen",
    admitAnywayNamed: (name: string) => `Trotzdem einlassen: ${name}`,

    cancel: "Sitzung abbrechen",
    cancelTitle: "Diese Sitzung abbrechen?",
    cancelText: "Es entsteht keine Wallet, und alle, die beigetreten sind, erfahren davon. Geld ist nicht betroffen.",
    leave: "Sitzung verlassen",
    leaveTitle: "Diese Sitzung verlassen?",
    leaveWaitingText: "Ihr Platz wird für jemand anderen frei. Geld ist nicht betroffen.",
    leaveRunningText:
      "Ohne dieses Gerät können die anderen den Schlüssel nicht erzeugen, daher endet die Sitzung für alle. Geld ist nicht betroffen.",
    leaveCommitText:
      "Andere Geräte sind vielleicht schon fertig. Dieses Gerät behält seinen Anteil als unfertige Wallet, und die Wallet lässt sich nicht verwenden, bis jedes Gerät signiert hat.",
    stay: "Bleiben",

    completed: {
      title: "Die Wallet ist fertig",
      text: "Alle Geräte haben das Zertifikat signiert. Vergleichen Sie als Nächstes die Sicherheitswörter mit den anderen.",
      compared: "Alle Geräte haben das Zertifikat signiert, und die Sicherheitswörter wurden verglichen.",
      open: "Wallet öffnen",
      unconfirmed: (names: readonly string[]) =>
        `Lassen Sie Permafrost noch kurz offen: ${some(names)} ${names.length === 1 ? "hat" : "haben"} den Empfang des Zertifikats noch nicht bestätigt.`,
    },
    failed: {
      title: "Die Sitzung endete ohne Wallet",
      unfinishedTitle: "Die Wallet ist nicht fertig",
      culprits: (names: readonly string[]) => `Verursacht von ${list(names)}`,
      unfinished:
        "Dieses Gerät behält seinen Anteil, da andere vielleicht fertig geworden sind. Die Wallet steht als unfertig in der Liste.",
      openUnfinished: "Unfertige Wallet öffnen",
      again: "Noch einmal erstellen",
      askAgain: (name: string) => `Für einen neuen Versuch bitten Sie ${name} um eine neue Sitzungs-ID.`,
      askCreator: "Für einen neuen Versuch bitten Sie um eine neue Sitzungs-ID.",
      join: "Mit neuer Sitzungs-ID beitreten",
    },
    dismiss: "Aus der Liste entfernen",
  },

  recognition: {
    verified: "Geprüfter Kontakt",
    known: "Schon begegnet",
    stranger: "Noch nicht begegnet",
    nameTaken: "Gleicher Name, anderes Gerät",
    takenTitle: (name: string) => `Das ist nicht „${name}“, wie Sie es kennen`,
    takenText: (name: string) =>
      `Es verwendet denselben Namen mit einem anderen Schlüssel. Entweder hat ${name} ein neues Gerät, oder jemand gibt sich als ${name} aus. Rufen Sie ${name} an und vergleichen Sie die Wörter, bevor Sie weitermachen.`,
    ownTitle: "Dieses Gerät nennt sich wie Ihres",
    ownText:
      "Es verwendet den Namen Ihres eigenen Geräts mit einem anderen Schlüssel. Wenn es nicht ein zweites Gerät von Ihnen ist, gibt sich vielleicht jemand für Sie aus.",
    theirs: (name: string) => `Wörter von diesem „${name}“`,
    knownWords: (name: string) => `Wörter von „${name}“, wie Sie es kennen`,
    ownWords: "Wörter Ihres eigenen Geräts",
  },

  news: {
    joined: (names: readonly string[], present: number, total: number) =>
      `${some(names, 2)} ${names.length === 1 ? "ist" : "sind"} da. ${present} von ${total}.`,
    left: (names: readonly string[], present: number, total: number) =>
      `${some(names, 2)} ${names.length === 1 ? "hat" : "haben"} die Sitzung verlassen. ${present} von ${total}.`,
    asks: (names: readonly string[]) => `${some(names, 2)} ${names.length === 1 ? "bittet" : "bitten"} um Einlass.`,
  },
};

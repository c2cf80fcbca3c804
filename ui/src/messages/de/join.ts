import type { Messages } from "../en";

export const join: Pick<Messages, "join" | "announced"> = {
  join: {
    title: "Einer Sitzung beitreten",
    lead: "Fügen Sie ein, was Ihnen geschickt wurde. Sie sehen, worum es geht, bevor Sie zustimmen.",
    field: "Sitzungs-ID",
    hint: "Sie beginnt mit pf1. Anderer Text darum herum stört nicht: Fügen Sie die ganze Nachricht ein.",
    missing: "Fügen Sie die Sitzungs-ID ein.",
    good: "Das ist eine Sitzungs-ID.",
    meetsOn: (server: string) => `Die Geräte treffen sich auf ${server}.`,
    choosePicture: "Bild des QR-Codes auswählen",
    pictureHint: "Sie können auch ein Bild oder einen Text irgendwo auf dieses Fenster ziehen oder einfügen.",
    reading: "Im Bild wird nach einem Code gesucht …",
    found: "Im Bild gefunden.",
    picture: {
      tooLarge: "Dieses Bild ist zu groß. Nehmen Sie eines mit höchstens 20 MB und 8000 Pixeln je Seite, oder schneiden Sie den Code aus.",
      unreadable: "Diese Datei lässt sich nicht als Bild lesen. Nehmen Sie ein PNG, JPEG, WebP oder GIF.",
      noCode: "In diesem Bild ist kein QR-Code. Der ganze Code muss darauf sein, scharf und mit weißem Rand.",
      noSession: "Der Code in diesem Bild enthält keine Sitzungs-ID. Vielleicht ist es ein anderer Code, etwa eine Adresse.",
    },
    drop: "Sitzungs-ID, Link oder Bild des Codes hier ablegen, um beizutreten",
    otherServerTitle: "Diese Sitzung trifft sich auf einem anderen Server",
    otherServer: (server: string) => `Sie trifft sich auf ${server}.`,
    otherServerText:
      "Das ist nicht der Server, der auf diesem Gerät eingestellt ist. Der andere Server sieht Ihre Netzwerkadresse und dass Sie beitreten, und nichts von der Wallet. Die Mitglieder der Wallet treffen sich dort auch später, um zu signieren. Ihre eigene Einstellung bleibt.",
    someServerTitle: "Diese Sitzung sagt, wo man sich trifft",
    someServerText:
      "Auf diesem Gerät ist kein Server eingestellt. Der Server der Sitzung sieht Ihre Netzwerkadresse und dass Sie beitreten, und nichts von der Wallet. Die Mitglieder der Wallet treffen sich dort auch später, um zu signieren; für anderes wird er nicht verwendet.",
    acceptServer: "Diesen Server für diese Sitzung und ihre Wallet verwenden",
    acceptMissing: "Stimmen Sie diesem Server zu oder bitten Sie um eine Sitzung auf Ihrem.",
    acceptOnly: "Stimmen Sie diesem Server zu, um beizutreten.",
    submit: "Sitzung beitreten",
  },

  announced: {
    title: "Angekündigte Sitzungen",
    text: "Keine Sitzungs-ID? Sehen Sie nach, was andere auf Ihrem Server ankündigen, und bitten Sie um Einlass.",
    none: "Im Moment kündigt niemand eine Sitzung an. Neue erscheinen hier von selbst.",
    noConnection: "Sitzungen erscheinen hier, sobald der Server verbunden ist.",
    by: (name: string) => `von ${name}`,
    places: (joined: number, total: number) => `${joined} von ${total} Plätzen vergeben`,
    full: "Voll",
    ask: "Um Einlass bitten",
    askAnyway: "Trotzdem bitten",
    askAnywayNamed: (name: string) => `Trotzdem bitten: ${name}`,
    askNamed: (name: string) => `Um Einlass bitten: ${name}`,
    compare: "Vergleichen Sie diese Wörter vorher mit der Person, die die Sitzung erstellt hat, am Telefon oder persönlich.",
    askTitle: (name: string) => `Ein Gerät fragen, das nicht „${name}“ ist, wie Sie es kennen?`,
    askText: (name: string) =>
      `Gibt sich jemand für „${name}“ aus, kann Geld aus dieser Wallet gestohlen werden. Rufen Sie ${name} an und vergleichen Sie zuerst die Wörter.`,
    asked: "Ihre Anfragen",
    waiting: (name: string) => `${name} wurde gefragt. Die Antwort steht noch aus.`,
    readOut: (name: string) => `Lesen Sie ${name} auf Nachfrage Ihre eigenen Wörter vor:`,
    admitted: "Sie wurden eingelassen.",
    openNamed: (name: string) => `Sitzung öffnen: ${name}`,
    open: "Sitzung öffnen",
  },
};

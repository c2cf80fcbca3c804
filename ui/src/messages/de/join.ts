import type { Messages } from "../en";

export const join: Pick<Messages, "join" | "announced"> = {
  join: {
    title: "Einer Sitzung beitreten",
    lead: "Fügen Sie die Sitzungs-ID ein, die Ihnen geschickt wurde. Sie sehen, worum es geht, bevor Sie zustimmen.",
    field: "Sitzungs-ID",
    hint: "Sie beginnt mit pf1. Leerzeichen, Zeilenumbrüche und anderer Text darum herum stören nicht.",
    missing: "Fügen Sie die Sitzungs-ID ein.",
    good: "Das ist eine Sitzungs-ID.",
    otherServerTitle: "Diese Sitzung trifft sich auf einem anderen Server",
    otherServer: (server: string) => `Sie trifft sich auf ${server}.`,
    otherServerText:
      "Das ist nicht der Server, der auf diesem Gerät eingestellt ist. Der andere Server sieht Ihre Netzwerkadresse und dass Sie beitreten, und nichts von der Wallet. Ihre eigene Einstellung bleibt.",
    acceptServer: "Diesen Server für diese Sitzung verwenden",
    acceptMissing: "Stimmen Sie diesem Server zu oder bitten Sie um eine Sitzung auf Ihrem.",
    submit: "Sitzung beitreten",
    announcedHint: "Keine Sitzungs-ID? Vielleicht ist die Sitzung auf Ihrem Server angekündigt.",
    announcedLink: "In der Übersicht nachsehen",
  },

  announced: {
    title: "Angekündigte Sitzungen",
    text: "Sitzungen, die auf Ihrem Server angekündigt werden.",
    start: "Nach Sitzungen suchen",
    stop: "Suche beenden",
    none: "Im Moment kündigt niemand eine Sitzung an. Neue erscheinen hier von selbst.",
    noConnection: "Sitzungen erscheinen hier, sobald der Server verbunden ist.",
    by: (name: string) => `von ${name}`,
    places: (joined: number, total: number) => `${joined} von ${total} Plätzen vergeben`,
    full: "Voll",
    ask: "Um Einlass bitten",
    askNamed: (name: string) => `Um Einlass in ${name} bitten`,
    compare: "Vergleichen Sie diese Wörter vorher mit der Person, die die Sitzung erstellt hat, am Telefon oder persönlich.",
    asked: "Ihre Anfragen",
    waiting: (name: string) => `${name} wurde gefragt. Die Antwort steht noch aus.`,
    admitted: "Sie wurden eingelassen.",
    openNamed: (name: string) => `Sitzung ${name} öffnen`,
    open: "Sitzung öffnen",
  },
};

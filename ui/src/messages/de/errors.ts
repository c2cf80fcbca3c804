import type { MessagePart } from "../../bindings/MessagePart";
import { decimal, list } from "./words";

/** What errors say, by the parts that they are made of. Their English comes from the device itself. */
export const errors: { [Part in MessagePart as Part["id"]]: (values: Part["values"]) => string } = {
  invalidDevice: ({ device }) =>
    `„${device}“ kann kein Name eines Geräts sein. Verwenden Sie bis zu 30 Buchstaben, Ziffern, Binde- und Unterstriche.`,
  noDataFolder: () => "Dieses System nennt keinen Ordner für Benutzerdaten. Wählen Sie einen mit --data-dir.",
  profileInUse: ({ device }) =>
    `Permafrost läuft für das Gerät „${device}“ schon. Verwenden Sie dessen Fenster oder schließen Sie es zuerst.`,
  dataFolder: ({ folder }) => `Der Datenordner ${folder} kann nicht verwendet werden.`,
  checkDataFolder: () =>
    "Nichts wurde geändert. Prüfen Sie, ob es ihn gibt, ob er Ihnen gehört und ob die Festplatte nicht voll ist.",

  database: () => "Die Datenbank der Wallets kann nicht verwendet werden.",
  sharesElsewhere: () =>
    "Ihre Schlüsselanteile liegen nicht darin, sondern im Schlüsselspeicher; die Namen, unter denen sie dort liegen, stehen aber darin, löschen Sie sie also nicht.",
  databaseNewer: () => "Installieren Sie wieder die neuere Version.",
  databaseFailed: () => "Prüfen Sie, ob die Festplatte nicht voll ist, und versuchen Sie es noch einmal.",
  databaseDamaged: () => "Stellen Sie den Datenordner aus einer Sicherung wieder her.",
  damagedRecord: () =>
    "Die gespeicherten Daten dieser Wallet sind beschädigt. Ihr Anteil liegt im Schlüsselspeicher und ist nicht betroffen. Stellen Sie den Datenordner aus einer Sicherung wieder her.",
  damagedWallets: ({ count }) =>
    `${Number(count) === 1 ? "Eine Wallet dieses Geräts lässt" : `${count} Wallets dieses Geräts lassen`} sich nicht lesen: Die gespeicherten Daten sind beschädigt. Die Anteile im Schlüsselspeicher sind nicht betroffen, und andere Wallets gehen. Stellen Sie den Datenordner wieder her oder eine Sicherung unter einem neuen Gerätenamen.`,
  shareMissing: () =>
    "Der Anteil dieses Geräts an der Wallet ist nicht in seinem Schlüsselspeicher: Der Schlüsselspeicher ist eine ältere Kopie, oder etwas wurde daraus gelöscht. Die Anteile der anderen Geräte sind nicht betroffen. Bis der Anteil aus einer Sicherung wiederhergestellt ist, kann dieses Gerät nicht signieren und zeigt keine Adresse. Wenn noch genug andere Geräte zum Signieren da sind, verschieben Sie das Geld in eine neue Wallet.",

  keychainMissing: () =>
    "Permafrost hat keinen Schlüsselbund gefunden. Nichts ist verloren. Installieren und starten Sie einen (GNOME Keyring oder KWallet) und versuchen Sie es noch einmal. Ein Gerät ohne Wallets kann stattdessen den Tresor mit Passphrase verwenden.",
  keychainLocked: () =>
    "Der Schlüsselbund ist gesperrt. Nichts ist verloren. Entsperren Sie ihn (melden Sie sich neu an oder beantworten Sie seine Frage) und versuchen Sie es noch einmal. Ein Gerät ohne Wallets kann stattdessen den Tresor mit Passphrase verwenden.",
  keychainDenied: () =>
    "Das System hat Permafrost den Zugriff auf den Schlüsselbund verweigert. Nichts ist verloren. Erlauben Sie ihn in den Einstellungen des Systems (oder in den Rechten der Sandbox) und versuchen Sie es noch einmal. Ein Gerät ohne Wallets kann stattdessen den Tresor mit Passphrase verwenden.",
  keychainFailed: () =>
    "Der Schlüsselbund meldet einen Fehler. Was er schon enthält, ist unberührt. Versuchen Sie es noch einmal; hilft das nicht, starten Sie den Dienst des Schlüsselbunds oder den Computer neu.",
  keychainAmbiguous: () =>
    "Zwei Einträge im Schlüsselbund haben denselben Namen. Nichts ist verloren. Öffnen Sie das Schlüsselbundprogramm des Systems, suchen Sie nach Permafrost und entfernen Sie die Kopie, die nicht dorthin gehört.",
  invalidProfile: () =>
    "Das kann nicht der Name eines Profils sein. Wählen Sie einen aus Buchstaben, Ziffern, Punkten, Binde- und Unterstrichen.",
  secretTooLarge: () =>
    "Ein Geheimnis ist zu groß für den Schlüsselspeicher. Nichts wurde gespeichert. Bitte melden Sie das: Es sollte nicht vorkommen.",
  vaultMissing: () =>
    "Es gibt noch keinen Tresor. Legen Sie zuerst einen an, oder prüfen Sie, ob der Gerätename stimmt.",
  vaultExists: () => "Es gibt schon einen Tresor. Nichts wurde geändert. Entsperren Sie den vorhandenen.",
  vaultInUse: () =>
    "Ein anderes Programm hat den Tresor geöffnet. Nichts ist verloren. Schließen Sie das andere Permafrost, das den Ordner dieses Geräts verwendet, und versuchen Sie es noch einmal.",
  passphraseTooShort: ({ least }) =>
    `Eine Passphrase braucht mindestens ${least} Zeichen. Wählen Sie eine längere: Mehrere Wörter ohne Zusammenhang sind am besten.`,
  wrongPassphrase: () =>
    "Das ist nicht die Passphrase. Nichts ist verloren. Prüfen Sie Tastaturbelegung und Feststelltaste und versuchen Sie es noch einmal.",
  vaultDamaged: () =>
    "Die Datei des Tresors wurde verändert oder abgeschnitten. Löschen Sie sie nicht: Heben Sie eine Kopie auf und stellen Sie die Datei aus einer Sicherung wieder her. Die anderen Geräte Ihrer Wallets haben ihre Anteile noch.",
  vaultNewer: () =>
    "Das hat eine neuere Version von Permafrost geschrieben. Nichts ist verloren. Aktualisieren Sie Permafrost auf diesem Computer und versuchen Sie es noch einmal.",
  vaultIo: () =>
    "Die Datei des Tresors lässt sich nicht lesen oder schreiben. Der Tresor, wie er zuletzt gespeichert wurde, ist noch da. Prüfen Sie, ob die Festplatte Platz hat und der Ordner Ihnen gehört.",
  outOfMemory: () =>
    "Für die Prüfung der Passphrase ist nicht genug Speicher frei. Nichts ist verloren. Schließen Sie andere Programme und versuchen Sie es noch einmal.",
  keystoreNoRandomness: () =>
    "Der Zufallsgenerator des Systems hat versagt. Nichts wurde gespeichert. Starten Sie den Computer neu und versuchen Sie es noch einmal.",
  keystoreFailed: () =>
    "Der Schlüsselspeicher meldet einen Fehler. Was er schon enthält, ist unberührt. Versuchen Sie es noch einmal.",

  vaultLocked: () => "Der Tresor ist gesperrt. Geben Sie zuerst seine Passphrase ein.",
  appLocked: () => "Permafrost ist gesperrt. Geben Sie zuerst die Passphrase ein.",
  noVault: () =>
    "Dieses Gerät bewahrt seine Geheimnisse im Schlüsselbund des Systems auf, der hier keine Passphrase braucht.",
  keystoreInUse: () =>
    "Die Schlüssel dieses Geräts liegen in seinem jetzigen Schlüsselspeicher und bleiben dort; nichts wurde geändert. Nur ein Gerät ohne Wallets und ohne laufende Sitzung kann in den Einstellungen der App einen anderen Schlüsselspeicher wählen; verwenden Sie sonst einen anderen Gerätenamen.",
  keystoreBusy: () =>
    "Der Schlüsselspeicher wird noch geöffnet oder wiederhergestellt. Warten Sie, bis das fertig ist, und versuchen Sie es noch einmal.",
  identityLost: () =>
    "Der Schlüsselspeicher enthält die Schlüssel dieses Geräts nicht mehr: Er wurde zurückgesetzt oder gehört einem anderen Konto. Ihr Geld ist sicher, solange genug andere Geräte ihre Anteile haben. Stellen Sie den Schlüsselspeicher aus einer Sicherung wieder her und versuchen Sie es noch einmal.",
  lockedOutBySession: () =>
    "Auf diesem Gerät läuft eine Sitzung und braucht seine Schlüssel; es lässt sich jetzt nicht sperren. Beenden oder verlassen Sie zuerst die Sitzung.",
  nothingToUnlockWith: () =>
    "Dieses Gerät hat keine Passphrase; wer davor sitzt, könnte es also entsperren. Legen Sie zuerst in den Einstellungen eine App-Passphrase fest.",
  vaultHasPassphrase: () =>
    "Der Tresor dieses Geräts hat eine eigene Passphrase, die auch die App entsperrt. Eine App-Passphrase ist für Geräte, die ihre Geheimnisse im Schlüsselbund des Systems aufbewahren.",
  appPassphraseLost: () =>
    "Die App-Passphrase ist festgelegt, aber im Schlüsselbund fehlt, womit sie geprüft wird. Stellen Sie den Schlüsselbund aus einer Sicherung wieder her, oder eine Sicherung dieses Geräts unter einem anderen Gerätenamen.",

  noServer: () =>
    "Es ist kein Server eingestellt. Geräte finden über einen Vermittlungsserver zueinander: Geben Sie seine Adresse ein (ws://… oder wss://…), für alle dieselbe. Er kann nichts von Wert sehen oder ändern.",
  invalidServer: ({ url }) =>
    `„${url}“ ist keine Adresse eines Servers. Sie sieht aus wie wss://example.org oder ws://192.168.1.20:9710.`,
  otherServer: ({ server }) =>
    `Diese Sitzung trifft sich auf ${server}; das ist nicht der Server, der auf diesem Gerät eingestellt ist. Treten Sie nur bei, wenn Sie das erwartet haben; der Server sieht Ihre Netzwerkadresse, aber nichts von der Wallet.`,

  nameEmpty: () => "Das kann kein Name sein: Er ist leer. Wählen Sie einen anderen.",
  nameTooLong: ({ length, most }) =>
    `Das kann kein Name sein: Er hat ${length} Zeichen, und höchstens ${most} passen. Wählen Sie einen anderen.`,
  nameUnshowable: ({ character }) =>
    `Das kann kein Name sein: Er enthält ein Zeichen, das sich nicht zeigen lässt (${character}). Wählen Sie einen anderen.`,
  invalidCiphersuite: ({ curve }) =>
    `Es gibt keine Kurve „${curve}“. Wählen Sie ed25519 (Solana), secp256k1-tr (Bitcoin) oder secp256k1 (reine Nachrichten).`,
  invalidNetwork: ({ network, choices }) =>
    `Für diese Art von Wallet gibt es kein Netz „${network}“. Wählen Sie eines von: ${choices}.`,
  rawHasNoNetwork: ({ network }) =>
    `Ein Schlüssel für reine Nachrichten hat kein Netz, also auch nicht „${network}“. Wählen Sie keines.`,
  unknownNetwork: ({ network }) =>
    `Diese Wallet ist für das Netz „${network}“, das diese Version von Permafrost nicht kennt; darum zeigt sie keine Adresse. Ihr Anteil ist nicht betroffen. Aktualisieren Sie dieses Gerät.`,
  invalidParticipants: ({ participants }) => `Eine Wallet braucht 2 bis 50 Geräte, nicht ${participants}.`,
  invalidThreshold: ({ threshold, participants }) =>
    `Bei ${participants} Geräten müssen zwischen 2 und ${participants} zum Signieren nötig sein, nicht ${threshold}. Eines allein würde die anderen sinnlos machen.`,

  sessionIdNotFound: () =>
    "In dem, was Sie eingefügt haben, ist keine Sitzungs-ID. Sie beginnt mit „pf1“. Kopieren Sie die ganze Nachricht noch einmal.",
  sessionIdTypoAt: ({ position }) =>
    `Die Sitzungs-ID hat an Stelle ${position} ein falsches Zeichen. Kopieren Sie sie noch einmal, statt sie abzutippen.`,
  sessionIdTypo: () => "Die Sitzungs-ID hat falsche Zeichen. Kopieren Sie sie noch einmal, statt sie abzutippen.",
  sessionIdIncomplete: () => "Die Sitzungs-ID ist abgeschnitten: Ihr Ende fehlt. Kopieren Sie sie ganz.",
  sessionIdNewer: () =>
    "Die Sitzungs-ID stammt von einer neueren Version von Permafrost. Aktualisieren Sie dieses Gerät und treten Sie dann noch einmal bei.",
  sessionIdBadServer: () =>
    "Die Sitzungs-ID nennt eine Serveradresse, die sich nicht verwenden lässt. Bitten Sie die Person, die sie erstellt hat, ihren eingestellten Server zu prüfen.",

  alreadyJoined: () => "Dieses Gerät ist schon in dieser Sitzung. Sehen Sie in der Liste der Sitzungen nach; um mit einem anderen Gerät beizutreten, verwenden Sie die ID dort.",
  tooManySessions: ({ most }) => `${most} Sitzungen laufen. Beenden oder verlassen Sie zuerst eine.`,
  unknownSession: () => "Diese Sitzung ist nicht mehr in der Liste: Sie ist zu Ende und wurde weggeräumt. Es wurde nichts geändert. Eine Wallet, die sie ergab, steht bei den Wallets.",
  tooLate: () => "Das geht nicht mehr: Die Sitzung ist weitergegangen oder zu Ende. Es wurde nichts geändert. Sehen Sie in der Sitzung nach, wie sie steht.",
  stillRunning: () => "Die Sitzung läuft noch. Verlassen Sie sie zuerst.",
  unknownRequest: () => "Diese Anfrage gibt es nicht mehr. Vielleicht hat das Gerät aufgegeben oder ist offline.",
  unknownSigning: () =>
    "Diese Anfrage gibt es nicht mehr. Dadurch wurde nichts signiert.",
  unreadableSigning: () =>
    "Dieses Gerät kann nicht erkennen, was mit der Anfrage signiert würde. Es signiert nichts, und Ihr Geld ist nicht betroffen. Fragen Sie den Besitzer des Geräts, von dem die Anfrage kommt, was sie soll.",
  newerSigning: () =>
    "Die Anfrage kommt von einer neueren Version von Permafrost, und dieses Gerät kann nicht erkennen, was damit signiert würde. Es signiert nichts, und Ihr Geld ist nicht betroffen. Aktualisieren Sie Permafrost hier und sehen Sie dann noch einmal nach.",
  replacesNothing: () =>
    "Die Anfrage soll eine frühere Zahlung ersetzen, gibt aber keine ihrer Münzen aus, sodass beide gezahlt werden könnten. Dieses Gerät signiert sie nicht, und Ihr Geld ist von dieser Anfrage nicht betroffen. Fragen Sie den Besitzer des Geräts, das sie gestellt hat, was gemeint ist.",
  earlySigning: () =>
    "Die Anfrage trägt ein Datum, das nach der Uhr dieses Geräts in der Zukunft liegt. Darum signiert dieses Gerät sie noch nicht, und Ihr Geld ist nicht betroffen. Eine der beiden Uhren geht falsch: Stellen Sie Datum und Uhrzeit dieses Computers, oder bitten Sie den Besitzer des Geräts, das sie gestellt hat, es dort zu tun.",
  otherCoins: () =>
    "Das gibt keine der Münzen der Zahlung aus, die es ersetzen soll, sodass beide gezahlt werden könnten. Nichts wurde angefragt. Lassen Sie die neue Transaktion mindestens eine derselben Münzen ausgeben, oder fragen Sie an, ohne etwas zu ersetzen.",
  damagedSignings: ({ count, wallet, requests }) =>
    `${Number(count) === 1 ? "Eine Anfrage" : `${count} Anfragen`} zum Signieren der Wallet „${wallet}“ ${Number(count) === 1 ? "lässt" : "lassen"} sich nicht lesen, weil die gespeicherten Daten beschädigt sind (${requests}). Das wird ausgelassen; der Anteil der Wallet und alle anderen Anfragen sind nicht betroffen. Was mit ihnen signiert wurde, haben die anderen Geräte noch, oder stellen Sie den Datenordner aus einer Sicherung wieder her.`,
  signingOver: () =>
    "Diese Anfrage ist vorüber; dadurch hat sich nichts geändert. Soll doch noch signiert werden, schlagen Sie es noch einmal vor.",
  notOwnSigning: () =>
    "Nur das Gerät, von dem eine Anfrage kommt, kann sie abbrechen; es hat sich nichts geändert. Lehnen Sie sie ab, wenn dieses Gerät sie nicht signieren soll.",
  notSignedMessage: () =>
    "Das ist keine signierte Nachricht von Permafrost, oder eine von einer neueren Version. Es wurde nichts geprüft. Bitten Sie um die ganze Datei, so wie sie gespeichert wurde.",
  wrongSignature: () =>
    "Die Signatur ist falsch: Wer genannt ist, hat diese Nachricht nicht signiert. Jemand hat die Nachricht, den Unterzeichner oder die Signatur verändert. Verlassen Sie sich nicht darauf.",
  noSignature: () =>
    "Diese Anfrage hat noch keine Signatur. Warten Sie, bis genug Geräte zugestimmt haben.",
  invalidMessage: () =>
    "Das kann nicht signiert werden, und es wurde nichts vorgeschlagen. Eine Nachricht hat bis zu 32 KiB Text ohne unsichtbare Zeichen, der Name einer Datei bis zu 200 Zeichen, und eine Anfrage ist höchstens dreißig Tage offen.",
  invalidNode: () =>
    "Das ist keine Adresse eines Bitcoin-Nodes oder Esplora-Servers. Es wurde nichts geändert. Sie sieht aus wie http://127.0.0.1:8332 oder https://mempool.space/api; ohne Verschlüsselung wird nur einer auf diesem Computer oder in seinem eigenen Netzwerk benutzt.",
  nodeCookie: () =>
    "Die Cookie-Datei des Bitcoin-Nodes kann nicht gelesen werden. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Geben Sie den ganzen Pfad an, meist .cookie im Datenordner des Nodes, und prüfen Sie, ob der Node läuft und Sie die Datei lesen dürfen.",
  nodeUser: ({ most }) =>
    `Das kann kein Benutzer eines Bitcoin-Nodes sein. Es wurde nichts geändert. Geben Sie den Namen ein, der in den Einstellungen des Nodes auf rpcauth= oder rpcuser= folgt; er hat keinen Doppelpunkt und bis zu ${most} Bytes.`,
  nodePassword: ({ most }) =>
    `Das kann kein Passwort bei einem Bitcoin-Node sein. Es wurde nichts geändert. Es hat keine Steuerzeichen wie Zeilenumbrüche und bis zu ${most} Bytes.`,
  nodePasswordMissing: () =>
    "Das Passwort des Benutzers beim Bitcoin-Node fehlt. Es wurde nichts geändert. Geben Sie es ein: Ein gespeichertes bleibt nur für denselben Benutzer beim selben Host, und es geht nicht unverschlüsselt dorthin, wo es vorher verschlüsselt war.",
  nodePasswordLocked: () =>
    "Das Passwort für Ihren Bitcoin-Node liegt im Schlüsselspeicher dieses Geräts, und der ist nicht offen; darum wurde der Node nicht gefragt. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Öffnen Sie den Schlüsselspeicher, dann wird der Node von selbst gefragt.",
  nodePasswordUnread: () =>
    "Das Passwort für Ihren Bitcoin-Node kann nicht aus dem Schlüsselspeicher gelesen werden; darum wurde der Node nicht gefragt. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Wählen Sie den Node in den Einstellungen neu, und geben Sie das Passwort ein.",
  nodeUnauthorized: () =>
    "Der Bitcoin-Node nimmt das Passwort nicht an. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Prüfen Sie den Benutzernamen und das Passwort, oder ob die Cookie-Datei zu diesem Node gehört.",
  nodeForbidden: () =>
    "Der Bitcoin-Node lässt diesen Computer oder diesen Benutzer nicht fragen. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Prüfen Sie rpcallowip und rpcwhitelist in den Einstellungen des Nodes: Das erste muss die Adresse dieses Computers nennen, das zweite, falls es da ist, alles, womit eine Wallet nachgesehen wird.",
  nodeUnreachable: () =>
    "Der Bitcoin-Node oder -Server antwortet nicht. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Prüfen Sie, ob er läuft und die Adresse stimmt. Es wird von selbst wieder versucht.",
  nodeCertificate: () =>
    "Was unter der Adresse des Bitcoin-Nodes oder -Servers antwortet, weist sich nicht aus; darum wurde es nichts gefragt. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Prüfen Sie die Adresse und das Zertifikat.",
  nodeOtherNetwork: ({ network }) =>
    `Der Bitcoin-Node oder -Server gehört nicht zu ${network}. Ihre Coins sind sicher; es wurde nichts von ihm gelesen. Wählen Sie einen im Netzwerk der Wallet.`,
  nodeStarting: () =>
    "Der Bitcoin-Node startet noch. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Es wird von selbst wieder versucht.",
  nodeBehind: ({ height }) =>
    `Der Bitcoin-Node hat sein Netzwerk noch nicht eingeholt: Er ist bei Block ${height}. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Es wird von selbst wieder versucht.`,
  nodePruned: () =>
    "Der Bitcoin-Node hat alte Blöcke weggeworfen, in denen Geld für diese Wallet sein kann. Ihre Coins sind sicher, aber dort nicht zu finden. Nehmen Sie einen Node, der alle Blöcke seit der Entstehung der Wallet behält.",
  nodeNonsense: () =>
    "Was unter der Adresse des Bitcoin-Nodes oder -Servers antwortet, sagt, was kein solches Programm sagt. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Prüfen Sie die Adresse, oder wählen Sie einen anderen.",
  nodeRefuses: ({ detail }) =>
    `Der Bitcoin-Node oder -Server tut nicht, worum er gebeten wurde. Ihre Coins sind sicher; was angezeigt wird, kann veraltet sein. Es wird von selbst wieder versucht. (Technische Angabe: ${detail})`,
  notTakenFee: () =>
    "Das Netzwerk nimmt die Transaktion zurzeit nicht an: Ihre Gebühr ist zu niedrig. Nichts wurde gezahlt; es wird von selbst wieder versucht. Erhöhen Sie die Gebühr, wenn es zu lange dauert.",
  notTakenCoins: () =>
    "Das Netzwerk nimmt die Transaktion nicht an: Ein Coin, den sie ausgibt, ist schon von einer anderen ausgegeben. Durch sie wurde nichts gezahlt und wird nichts gezahlt, außer wenn die andere scheitert. Sehen Sie in den Verlauf der Wallet, und zahlen Sie bei Bedarf neu.",
  notTaken: ({ detail }) =>
    `Das Netzwerk nimmt die Transaktion nicht an. Nichts wurde gezahlt; es wird von selbst wieder versucht. (Technische Angabe: ${detail})`,
  addressMissing: () =>
    "In Ihrer Eingabe steht keine Bitcoin-Adresse. Bitten Sie den Empfänger um eine; Anfragen anderer Art, etwa Lightning, können von hier nicht bezahlt werden.",
  addressInvalid: () =>
    "Das ist keine Bitcoin-Adresse: Etwas ist vertippt oder fehlt. Nichts wurde gezahlt. Kopieren Sie sie noch einmal, statt sie abzutippen.",
  addressUnspendable: () =>
    "Coins an diese Adresse könnten verloren sein: Womöglich kann sie niemand mehr ausgeben. Nichts wurde gezahlt. Bitten Sie den Empfänger um eine andere Adresse.",
  addressOtherNetwork: ({ network }) =>
    `Diese Adresse gehört zu einem anderen Netzwerk, und diese Wallet ist auf ${network}. Nichts wurde gezahlt. Bitten Sie den Empfänger um eine Adresse auf ${network}.`,
  addressOtherNetworkHere: () =>
    "Diese Adresse gehört zu einem anderen Netzwerk als die Wallet. Nichts wurde gezahlt. Bitten Sie den Empfänger um eine Adresse im Netzwerk der Wallet.",
  requestAmount: () =>
    "Die Zahlungsanfrage nennt einen Betrag, den es nicht geben kann. Nichts wurde gezahlt. Bitten Sie den Empfänger um eine andere, oder geben Sie Adresse und Betrag selbst ein.",
  requestUnreadable: () =>
    "Die Zahlungsanfrage kann hier nicht gelesen werden: Sie ist beschädigt oder verlangt etwas, das diese Version nicht kennt. Nichts wurde gezahlt. Bitten Sie den Empfänger um Adresse und Betrag.",
  amountMissing: () =>
    "Ein Betrag fehlt. Nichts wurde gezahlt. Geben Sie an, wie viel jeder Empfänger bekommt; alles, was da ist, kann nur an einen gehen.",
  paymentDust: ({ minimum }) =>
    `So wenig kann nicht gesendet werden: Nodes leiten an eine solche Adresse ${minimum} Satoshi oder mehr weiter. Nichts wurde gezahlt. Geben Sie einen höheren Betrag ein.`,
  paymentInsufficient: ({ needed, available }) =>
    `Es ist nicht genug zum Ausgeben da: Mit der Gebühr werden ${decimal(needed)} BTC gebraucht, und ${decimal(available)} BTC sind da. Was zur Wallet unterwegs oder für eine andere Anfrage bestimmt ist, zählt nicht. Nichts wurde gezahlt. Geben Sie einen niedrigeren Betrag ein, oder warten Sie.`,
  paymentImpossible: () =>
    "Daraus kann keine Transaktion werden. Nichts wurde gezahlt. Prüfen Sie Empfänger, Betrag und Coins.",
  invalidFeeRate: () =>
    "Das ist kein Gebührensatz. Nichts wurde gezahlt. Geben Sie eine Zahl von Satoshi je virtuellem Byte ein, über 0 und höchstens 10.000.",
  feeTooLow: ({ rate }) =>
    `Die Gebühr ist zu niedrig: Nodes leiten das erst ab ${decimal(rate)} Satoshi je virtuellem Byte weiter. Nichts wurde gezahlt. Geben Sie einen höheren Gebührensatz ein.`,
  coinUnknown: () =>
    "Das ist kein Coin, den diese Wallet ausgeben kann. Nichts wurde gezahlt. Sehen Sie noch einmal in die Liste ihrer Coins.",
  coinReserved: () =>
    "Dieser Coin ist für eine andere Anfrage bestimmt. Nichts wurde gezahlt. Brechen Sie zuerst jene ab, oder wählen Sie andere Coins.",
  unknownTransaction: () =>
    "Diese Transaktion ist keine dieser Wallet, soweit es hier bekannt ist. Es wurde nichts geändert.",
  bumpConfirmed: () =>
    "Diese Transaktion ist schon in einem Block; ihre Gebühr kann nicht mehr erhöht werden und braucht es nicht.",
  bumpIrreplaceable: () =>
    "Die Gebühr dieser Transaktion kann nicht erhöht werden: Sie erlaubt nicht, ersetzt zu werden, oder gibt nicht nur Coins dieser Wallet aus. Es wurde nichts geändert. Warten Sie, bis sie in einem Block ist.",
  bumpNoSingleRecipient: () =>
    "Der Empfänger kann diese Gebühr nicht tragen, da die Transaktion mehr als einen bezahlt oder Wechselgeld zurückbringt. Es wurde nichts geändert. Lassen Sie die Wallet sie zahlen.",
  notLookedUp: () =>
    "Es ist noch nicht bekannt, was diese Wallet hat; darum kann nichts von ihr gezahlt werden. Es wurde nichts geändert. Wählen Sie, wo Bitcoin nachgesehen wird, oder warten Sie, bis das getan ist.",
  invalidLabel: () =>
    "Das kann keine Notiz sein. Es wurde nichts geändert. Sie hat eine Zeile von höchstens 255 Zeichen, die alle zu sehen sind.",
  unknownLabelled: () =>
    "Das ist keine Transaktion und keine Adresse dieser Wallet; es wurde nichts notiert.",
  noLabels: () => "Das ist keine Datei mit Notizen (BIP-329), oder sie ist zu groß. Es wurde nichts geändert.",
  notSolana: () =>
    "Diese Wallet ist keine Solana-Wallet und kann diese Zahlung nicht leisten. Es wurde nichts vorgeschlagen. Wählen Sie eine Solana-Wallet.",
  invalidSolanaServer: () =>
    "Das ist keine Adresse eines Solana-Servers. Es wurde nichts geändert. Sie sieht aus wie https://api.devnet.solana.com; ohne Verschlüsselung wird nur ein Server auf diesem Computer oder in seinem eigenen Netzwerk benutzt.",
  noSolanaServer: ({ network }) =>
    `Für Solanas ${network} ist kein Server gewählt; darum kann dieses Gerät nicht sehen, wie es im Netzwerk steht. Von diesem Gerät wurde nichts bezahlt. Wählen Sie einen in den Einstellungen unter Netzwerk oder auf der Kommandozeile: permafrost solana-server ${network} --url ADRESSE.`,
  solanaServerUnreachable: () =>
    "Der Solana-Server antwortet nicht. Was signiert ist, gilt noch ein, zwei Minuten; sonst wurde nichts bezahlt. Es wird weiter versucht, solange die Zahlung noch möglich ist; prüfen Sie die Verbindung, oder wählen Sie einen anderen Server.",
  solanaNotLookedUp: () =>
    "Der Solana-Server antwortet nicht. Ihr Geld ist sicher; was gezeigt wird, kann veraltet sein. Prüfen Sie die Verbindung, oder wählen Sie einen anderen Server. Es wird von selbst wieder versucht.",
  solanaServerOtherNetwork: ({ network }) =>
    `Der Solana-Server gehört nicht zu ${network}. Er wurde nichts gefragt, und nichts wurde an ihn gesendet. Wählen Sie einen Server im Netzwerk der Wallet.`,
  solanaServerRefuses: ({ detail }) =>
    `Der Solana-Server tut nicht, worum er gebeten wurde. Verloren ist nichts. Versuchen Sie es später noch einmal, oder wählen Sie einen anderen Server. (Technische Angabe: ${detail})`,
  solanaServerNonsense: () =>
    "Was unter der Adresse des Solana-Servers antwortet, antwortet nicht wie ein solcher. Verloren ist nichts. Prüfen Sie die Adresse, oder wählen Sie einen anderen Server.",
  solanaAddress: () =>
    "Das ist keine Solana-Adresse. Es wurde nichts vorgeschlagen. Lassen Sie sich die Adresse noch einmal geben, und fügen Sie sie ganz ein.",
  solanaAmount: () =>
    "Das ist kein Betrag, der sich zahlen lässt. Es wurde nichts vorgeschlagen. Schreiben Sie ihn mit Ziffern und einem Komma, etwa 1,25; er ist größer als null und hat nicht mehr Nachkommastellen, als es gibt.",
  solanaToItself: () =>
    "Das ist die eigene Adresse der Wallet. Es wurde nichts vorgeschlagen. Prüfen Sie, an wen Sie zahlen möchten.",
  solanaNobodyReceives: () =>
    "Was an diese Adresse geht, ist verloren, denn sie gehört einem Programm des Netzwerks. Es wurde nichts vorgeschlagen. Lassen Sie sich die Adresse noch einmal geben.",
  solanaMemo: () =>
    "Die Notiz ist leer oder hat ein Zeichen, das sich nicht zeigen lässt. Es wurde nichts vorgeschlagen. Schreiben Sie sie in einer Zeile mit gewöhnlichen Zeichen.",
  solanaMemoTooLong: () =>
    "Die Notiz ist zu lang. Es wurde nichts vorgeschlagen. Kürzen Sie sie auf 500 Byte; Umlaute zählen doppelt.",
  solanaNoSuchToken: () =>
    "Unter dieser Adresse gibt es keinen Token, der sich so senden lässt. Es wurde nichts bezahlt. Prüfen Sie die Adresse des Tokens.",
  solanaNotEnough: ({ needed, there }) =>
    `Die Wallet hat ${decimal(there)} SOL, und das braucht mit Gebühr und Einlage ${decimal(needed)} SOL. Es wurde nichts vorgeschlagen. Zahlen Sie weniger, oder zahlen Sie erst etwas ein.`,
  solanaReceivesTooLittle: ({ least }) =>
    `Das Netzwerk lässt keiner Adresse weniger als ${decimal(least)} SOL, und der Empfänger hätte weniger. Es wurde nichts vorgeschlagen. Zahlen Sie mehr.`,
  solanaLeavesTooLittle: ({ least }) =>
    `Das Netzwerk lässt keiner Adresse weniger als ${decimal(least)} SOL, außer nichts, und diese Wallet behielte weniger. Es wurde nichts vorgeschlagen. Zahlen Sie weniger, oder alles bis auf Gebühr und Einlage.`,
  solanaNotAWallet: () =>
    "Unter dieser Adresse liegt ein Programm oder das Konto eines Tokens und keine Wallet; was dorthin geht, wäre verloren. Es wurde nichts vorgeschlagen. Lassen Sie sich die Adresse einer Wallet geben.",
  solanaNotEnoughTokens: () =>
    "So viele von diesen Token hat die Wallet nicht. Es wurde nichts vorgeschlagen. Zahlen Sie weniger.",
  solanaFrozen: () =>
    "Wer diesen Token ausgibt, hat das Konto des Absenders oder des Empfängers eingefroren. Es wurde nichts bezahlt. Fragen Sie den Herausgeber.",
  solanaNoTokenAccount: () =>
    "Der Empfänger hat kein Konto, das diese Token annehmen könnte. Es wurde nichts bezahlt. Lassen Sie sich eine andere Adresse geben.",
  solanaTokenRule: () =>
    "Dieser Token hat eine Regel, die diese Version nicht befolgen kann. Es wurde nichts vorgeschlagen. Senden Sie ihn mit einem anderen Programm oder gar nicht.",
  solanaNoKey: () =>
    "Zu dieser Adresse gehört kein Schlüssel: Ein Programm bestimmt, was mit dem geschieht, was dorthin geht. Vergewissern Sie sich, dass der Empfänger es so meint.",
  solanaNewAddress: () =>
    "Diese Adresse wurde noch nie benutzt. Hat niemand ihren Schlüssel, ist verloren, was dorthin geht: Vergleichen Sie sie Zeichen für Zeichen.",
  solanaMakesAccount: ({ cost }) =>
    `Der Empfänger hat kein Konto für diesen Token; die Wallet legt eines an und zahlt dafür ${decimal(cost)} SOL.`,
  solanaTokenGoverned: () =>
    "Wer diesen Token ausgibt, kann ihn anhalten oder jedem wieder wegnehmen.",
  solanaTokenShownDifferently: () =>
    "Andere Programme zeigen für diesen Token vielleicht einen anderen Betrag.",
  solanaTokenFee: () =>
    "Wer diesen Token ausgibt, behält einen Teil dessen, was gesendet wird.",
  solanaNotSeenYet: () =>
    "Der Solana-Server nimmt die Zahlung noch nicht oder nicht mehr an. Es wird weiter versucht, bis das feststeht.",
  solanaFailsNotEnough: () =>
    "In der Wallet ist nicht genug für die Zahlung, ihre Gebühr und ihre Einlage. Es wurde nichts bezahlt, höchstens die Gebühr. Schlagen Sie die Zahlung noch einmal vor, sobald mehr da ist, oder eine kleinere.",
  solanaFails: () =>
    "Das Netzwerk lehnt die Zahlung ab. Es wurde nichts bezahlt, höchstens die Gebühr. Prüfen Sie Empfänger und Betrag, bevor Sie sie noch einmal vorschlagen.",
  solanaAlreadyMarked: () =>
    "Diese Transaktion zahlt nichts, höchstens die Gebühr: Die Marke, die eine Zahlung im Netzwerk hinterlässt, damit sie nur einmal ausgeführt wird, ist schon da. Entweder hat eine andere Transaktion dieselbe Zahlung ausgeführt, oder jemand hat an die Adresse der Marke gezahlt, um sie zu verhindern. Sehen Sie nach, was die Wallet gezahlt hat; schlagen Sie sie nur dann noch einmal vor, wenn sie nicht dabei ist.",
  solanaBegunBefore: () =>
    "Das Signieren hatte begonnen und wurde unterbrochen, und ein Gerät signiert eine Zahlung nur einmal. Es wurde nichts bezahlt, und die Anfrage ist beendet. Schlagen Sie die Zahlung noch einmal vor.",
  noLedger: () =>
    "Für diese Wallet wird nichts nachgesehen: Ihr Schlüssel hat keine Adresse in einer Blockchain, oder dieses Gerät kann sie nicht verwenden. Es wurde nichts geändert, und Ihr Geld ist nicht betroffen. Sehen Sie auf der Seite der Wallet nach, in welchem Zustand sie ist.",
  notBitcoin: () =>
    "Diese Wallet ist keine Bitcoin-Wallet und hat darum keine Coins, die diese Transaktion ausgeben könnte. Es wurde nichts vorgeschlagen. Wählen Sie die Wallet, für die die Transaktion gemacht wurde.",
  transactionUnreadable: () =>
    "Das ist keine Transaktion, die sich hier lesen lässt; es wurde nichts vorgeschlagen. Es muss eine PSBT der Version 0 sein, mit Ein- und Ausgängen. Speichern Sie sie in dem Programm, das sie erstellt hat, noch einmal.",
  transactionTooLarge: () =>
    "Die Transaktion ist zu groß für eine Anfrage; Platz ist für etwa 230 Coins oder 500 Ausgänge. Es wurde nichts vorgeschlagen. Teilen Sie sie in mehrere kleinere.",
  transactionForeign: ({ number }) =>
    `Eingang ${number} der Transaktion ist kein Coin dieser Wallet, oder es steht nicht dabei, an welcher ihrer Adressen er liegt. Es wurde nichts vorgeschlagen, und Ihr Geld ist nicht betroffen. Prüfen Sie, ob die Transaktion für diese Wallet und ihr Netzwerk gemacht wurde, mit einem Programm, das den Deskriptor der Wallet kennt.`,
  transactionNotTaproot: ({ number }) =>
    `Eingang ${number} der Transaktion ist kein einfacher Taproot-Coin, und andere hat diese Wallet nicht. Es wurde nichts vorgeschlagen, und Ihr Geld ist nicht betroffen. Prüfen Sie, ob die Transaktion für diese Wallet gemacht wurde.`,
  transactionIncomplete: ({ number }) =>
    `Bei Eingang ${number} der Transaktion steht nicht, welchen Coin er ausgibt; darum lässt sich nicht zeigen, was bezahlt würde. Es wurde nichts vorgeschlagen. Speichern Sie sie in dem Programm, das sie erstellt hat, noch einmal mit den Daten ihrer Eingänge.`,
  transactionContradictory: ({ number }) =>
    `Die Transaktion widerspricht sich darin, welchen Coin ihr Eingang ${number} ausgibt. Es wurde nichts vorgeschlagen, und Ihr Geld ist nicht betroffen. Verwenden Sie diese Datei nicht; erstellen Sie die Transaktion neu.`,
  transactionSigned: ({ number }) =>
    `Eingang ${number} der Transaktion ist schon signiert. Es wurde nichts vorgeschlagen und nichts geändert. Ist sie so signiert, wie sie soll, veröffentlichen Sie sie; sonst erstellen Sie sie neu, ohne Signaturen.`,
  transactionUnusual: () =>
    "Die Transaktion verlangt eine ungewöhnliche Version, Signaturart oder Sperre, und so etwas signiert diese Wallet nicht. Es wurde nichts vorgeschlagen, und Ihr Geld ist nicht betroffen. Erstellen Sie sie mit den üblichen Einstellungen neu.",
  transactionFalseChange: ({ number }) =>
    `Ausgang ${number} der Transaktion behauptet, an diese Wallet zurückzugehen, und tut es nicht: Wer sie erstellt hat, will vielleicht dieses Geld. Es wurde nichts vorgeschlagen. Verwenden Sie diese Datei nicht, und prüfen Sie das Programm und den Computer, von dem sie kommt.`,
  transactionNoRecipient: ({ number }) =>
    `Ausgang ${number} der Transaktion zahlt an keine übliche Adresse oder enthält zu viele Daten. Es wurde nichts vorgeschlagen. Prüfen Sie den Empfänger, und erstellen Sie die Transaktion neu.`,
  transactionUnspendable: ({ number }) =>
    `Was Ausgang ${number} der Transaktion zahlt, könnte niemand je ausgeben; dieses Geld wäre verloren. Es wurde nichts vorgeschlagen. Prüfen Sie die Adresse des Empfängers, und erstellen Sie die Transaktion neu.`,
  transactionDust: ({ number, minimum }) =>
    `Ausgang ${number} der Transaktion zahlt weniger als ${minimum} Satoshi; so etwas leiten Knoten nicht weiter. Es wurde nichts vorgeschlagen. Erstellen Sie die Transaktion mit einem höheren Betrag neu.`,
  transactionOverspent: () =>
    "Die Transaktion zahlt mehr, als sie ausgibt; niemand würde sie annehmen. Es wurde nichts vorgeschlagen, und Ihr Geld ist nicht betroffen. Erstellen Sie sie neu.",
  transactionAbsurdFee: ({ satoshi }) =>
    `Die Transaktion würde eine Gebühr von ${satoshi} Satoshi zahlen, mehr, als Knoten annehmen: sehr wahrscheinlich ein Versehen. Es wurde nichts vorgeschlagen, also ist nichts verloren. Erstellen Sie sie mit einer niedrigeren Gebühr neu.`,
  notKept: () =>
    "Das konnte auf diesem Gerät nicht gespeichert werden; darum wurde nichts gesendet und nichts signiert. Prüfen Sie, ob der Datenträger voll ist, und versuchen Sie es in einer Minute noch einmal.",
  tooManySignings: () =>
    "Zu viele Anfragen sind offen: Ein Gerät darf 8 haben, eine Wallet 64. Es wurde nichts vorgeschlagen. Brechen Sie einige ab, oder warten Sie, bis sie vorüber sind.",
  notMeeting: () =>
    "Diese Wallet kann auf diesem Gerät jetzt nicht signieren, und es wurde nichts signiert. Sie ist nicht fertig, in Quarantäne oder ohne ihren Anteil, oder dieses Gerät hat mehr als 20 Wallets, von denen sich nur die neuesten treffen.",
  unknownAnnouncement: () =>
    "Diese Sitzung wird nicht mehr angekündigt. Fragen Sie die Person, die sie erstellt hat, ob sie begonnen hat oder beendet ist.",
  askRefused: () =>
    "Die Person, die die Sitzung erstellt hat, hat dieses Gerät nicht eingelassen. Nichts ist entstanden. Wenn Sie das überrascht, rufen Sie sie an und vergleichen Sie die Wörter des Fingerabdrucks.",
  askNotAnswered: () =>
    "Die Person, die die Sitzung erstellt hat, hat nicht geantwortet. Nichts ist entstanden. Fragen Sie sie, ob die Sitzung noch offen ist, und bitten Sie noch einmal um Einlass.",

  unknownWallet: ({ wallet }) => `Auf diesem Gerät gibt es keine Wallet „${wallet}“.`,
  ambiguousWallet: ({ wallet }) => `Mehrere Wallets heißen „${wallet}“. Verwenden Sie stattdessen die ID.`,
  walletUnfinished: ({ names }) =>
    `Die Wallet ist nicht fertig: ${named(names)} ${one(names) ? "muss" : "müssen"} wieder online sein und ihr Zertifikat unterschreiben. Bis dahin hat sie keine Adresse.`,
  walletUnfinishedByAll: () =>
    "Die Wallet ist nicht fertig: Alle Geräte müssen wieder online sein und ihr Zertifikat unterschreiben. Bis dahin hat sie keine Adresse.",
  walletInUse: () => "Die Wallet ist in Gebrauch. Nur eine unfertige lässt sich verwerfen.",
  quarantined: () =>
    "Die Sicherheitswörter dieser Wallet stimmten nicht überein; darum zeigt sie keine Adresse. Senden Sie nichts an sie und erstellen Sie eine neue.",
  noAddress: ({ network }) => `Diese Wallet hat keine Adresse im Netz „${network}“.`,
  noAddressAnywhere: () => "Diese Wallet hat keine Adresse.",
  solanaHasOneAddress: () => "Eine Solana-Wallet hat eine einzige Adresse: keinen Index, kein Wechselgeld.",
  solanaWallet: () => "Es ist eine Solana-Wallet.",
  bitcoinNetworks: () => "Sie hat Adressen in mainnet, testnet4, signet und regtest.",
  addressIndexes: () => "Indizes gehen von 0 bis 2147483647.",
  rawWallet: () =>
    "Ihr Schlüssel signiert reine Nachrichten; keine Blockchain kann damit zahlen, darum hat sie keine Adresse.",

  otherName: ({ name }) =>
    `Das ist nicht der Name der Wallet. Nichts wurde entfernt. Tippen Sie „${name}“ genau so, wie es hier steht.`,
  walletBeingMade: () =>
    "Vielleicht brauchen andere Geräte dieses noch, um die Wallet fertigzustellen. Nichts wurde entfernt. Warten Sie, bis alle bestätigt haben, oder nehmen Sie zuerst deren Sitzung aus der Liste; eine unfertige Wallet lässt sich verwerfen.",
  notRemoved: () => "Die Wallet ist aus der Liste genommen, aber ihr Anteil ließ sich noch nicht löschen.",
  goesOnErasing: () => "Permafrost versucht es weiter, auch nach einem Neustart.",
  tooManyAddresses: ({ most }) =>
    `Diese Wallet hat ${most} Adressen ausgegeben, und Permafrost kann noch nicht sehen, auf welche davon gezahlt wurde. Andere Wallets hören nach ${most} unbenutzten Adressen in Folge auf zu suchen; Geld auf einer weiteren könnte verloren scheinen. Verwenden Sie noch einmal eine der bisherigen Adressen.`,
  unknownContact: () => "Dieses Gerät ist nicht unter den Kontakten.",
  nameTaken: ({ name }) =>
    `Ein anderes Gerät heißt schon „${name}“ oder so, dass es gleich aussieht. Wählen Sie einen anderen Namen, damit die beiden nicht verwechselt werden.`,
  noCertificate: () =>
    "Das ist kein Zertifikat einer Wallet. Wählen Sie die Datei, die Permafrost geschrieben hat, oder kopieren Sie es ganz.",
  certificateNewer: () =>
    "Das Zertifikat hat eine neuere Version von Permafrost geschrieben. Aktualisieren Sie dieses Gerät und prüfen Sie es noch einmal.",
  certificateDamaged: () =>
    "Das Zertifikat ist beschädigt: Etwas fehlt oder wurde geändert. Es beweist nichts. Holen Sie eine andere Kopie von einem Gerät der Wallet.",
  certificateChanged: () =>
    "Das Zertifikat wurde geändert: Was es Menschen sagt, ist nicht, was seine Geräte unterschrieben haben. Es beweist nichts. Holen Sie eine andere Kopie von einem Gerät der Wallet.",
  certificateRoster: ({ name }) =>
    `Die Liste der Mitglieder im Zertifikat ist nicht von „${name}“ unterschrieben, von wo die Wallet ausgegangen sein soll. Es beweist nichts.`,
  certificateMessage: ({ name }) =>
    `Was „${name}“ gesendet haben soll, ist nicht, was dieses Gerät unterschrieben hat. Das Zertifikat beweist nichts.`,
  certificateNonce: ({ name }) =>
    `„${name}“ hat eine andere Zufallszahl offengelegt als festgelegt; die Sicherheitswörter im Zertifikat beweisen also nichts.`,
  certificateProof: ({ name }) =>
    `„${name}“ hat nicht bewiesen, seinen Teil des Schlüssels zu kennen, und könnte die Teile der anderen aufgehoben haben.`,
  certificateKeys: () =>
    "Die Schlüssel im Zertifikat folgen nicht aus dem, was seine Geräte gesendet haben. Es beweist nichts.",
  certificateSignature: ({ name }) =>
    `Die Unterschrift von „${name}“ unter dem Zertifikat fehlt oder ist falsch; es beweist also nicht, dass dieses Gerät teilgenommen hat.`,
  dontTrustThatWallet: () =>
    "Senden Sie kein Geld an die Wallet, die es beschreibt. Holen Sie eine andere Kopie von einem Gerät der Wallet; geht auch das nicht, sprechen Sie mit ihren Mitgliedern.",

  damagedBackup: () =>
    "Die Sicherung ist beschädigt oder ist keine. Nichts wurde geändert. Versuchen Sie es mit einer anderen Kopie.",
  newerBackup: () =>
    "Die Sicherung stammt von einer neueren Version von Permafrost. Nichts wurde geändert. Aktualisieren Sie dieses Gerät und versuchen Sie es noch einmal.",
  notEmpty: () =>
    "Dieses Gerät hat schon Wallets, oder eine Sitzung läuft darauf. Eine Sicherung lässt sich nur auf einem leeren Gerät wiederherstellen: Wählen Sie dafür einen anderen Gerätenamen. Nichts wurde geändert.",
  noRandomness: () =>
    "Der Zufallsgenerator des Systems geht nicht; darum lässt sich kein Schlüssel machen. Starten Sie den Computer neu.",
  closed: () => "Permafrost wird geschlossen.",

  invalidAutoLock: ({ most }) => `Die Zeit, nach der sich die App sperrt, ist 1 bis ${most} Minuten, oder keine.`,
  iceServerScheme: () =>
    "Die Adresse eines STUN- oder TURN-Servers sieht aus wie stun:stun.example.org oder turn:turn.example.org:3478.",
  iceServerTransport: () =>
    "STUN- und TURN-Server werden nur über UDP verwendet, nicht über TCP oder TLS (stuns:, turns:, transport=tcp). Wo UDP nicht durchkommt, sprechen Geräte über den Vermittlungsserver; ein solcher Server ist also nicht nötig.",
  iceServerHost: () =>
    "Die Adresse des Servers enthält keinen gültigen Rechnernamen. Sie sieht aus wie turn:turn.example.org:3478.",
  iceServerPort: () => "Der Port des Servers ist keine Zahl von 1 bis 65535.",
  iceServerExtra: () =>
    "Nach Rechnername und Port steht in der Adresse des Servers etwas anderes als ?transport=udp.",
  iceServerNoCredential: () => "Ein TURN-Server braucht einen Benutzernamen und ein Passwort.",
  iceServerNeedlessCredential: () =>
    "Ein STUN-Server braucht weder Benutzernamen noch Passwort. Wenn Sie welche haben, ist es ein TURN-Server: turn:HOST:PORT.",
  iceServerControl: () =>
    "Benutzername und Passwort des TURN-Servers dürfen keine Steuerzeichen wie Zeilenumbrüche enthalten.",
  iceServerTooLong: ({ url, each }) =>
    `Die Adresse des Servers darf höchstens ${url} Bytes haben, Benutzername und Passwort je ${each}.`,
  iceServerInvalid: () => "Das ist keine Adresse eines STUN- oder TURN-Servers.",
  iceServerTwice: ({ url }) => `${url} steht zweimal in der Liste. Entfernen Sie einen davon.`,
  tooManyIceServers: ({ most }) =>
    `Höchstens ${most} STUN- und TURN-Server lassen sich verwenden. Entfernen Sie einige.`,
  iceCredentialsUnread: () =>
    "Die Passwörter Ihrer TURN-Server lassen sich nicht aus dem Schlüsselspeicher lesen; direkte Verbindungen kommen dann vielleicht nicht zustande, und Sitzungen laufen über den Vermittlungsserver. Geben Sie die Passwörter in den Einstellungen noch einmal ein.",

  portTaken: ({ port }) =>
    `Ein anderes Programm auf diesem Computer verwendet Port ${port}, dort kann der Server also nicht laufen. Wählen Sie einen anderen Port, oder schließen Sie das Programm und versuchen Sie es noch einmal.`,
  portHosted: ({ port }) =>
    `Auf Port ${port} dieses Computers läuft schon ein Server von Permafrost, wohl von einem anderen Gerät hier. Stellen Sie auf diesem Gerät dessen Adresse ein, oder wählen Sie einen anderen Port.`,
  portForbidden: ({ port }) =>
    `Das System lässt Permafrost Port ${port} nicht verwenden. Wählen Sie einen von 1024 bis 65535.`,
  hostingFailed: () => "Der Server auf diesem Computer konnte nicht laufen.",
  hostingStopped: () => "Der Server auf diesem Computer hat von selbst aufgehört.",
  hostAgain: () =>
    "Keine Wallet ist betroffen. Versuchen Sie es noch einmal, oder wählen Sie einen anderen Port.",
  hostingBusy: () => "Der Server auf diesem Computer läuft schon oder wird gestartet. Halten Sie ihn zuerst an.",
  hostingInUse: () =>
    "Über den Server auf diesem Computer läuft eine Sitzung. Beenden oder verlassen Sie sie zuerst.",

  reports: ({ name }) => `„${name}“ meldet:`,
  isThisDevice: ({ name }) => `„${name}“ ist dieses Gerät.`,
  nothingLost: () => "Es ist keine Wallet entstanden, und Geld ist nicht betroffen.",
  shareKept: () =>
    "Dieses Gerät behält seinen Anteil, da andere Geräte fertig geworden sein können; die Wallet steht als unfertig in der Liste, hat hier keine Adresse und darf noch kein Geld empfangen.",
  shareStillHere: () => "Der Anteil ist noch hier; die Wallet ist unfertig und hat keine Adresse.",
  finishesByItself: () =>
    "Sie wird von selbst fertig, wenn alle Geräte wieder online sind; wird eines es nie mehr sein, verwerfen Sie sie auf jedem Gerät.",
  erasedByItself: () =>
    "Er wird von selbst gelöscht, sobald jedes Gerät gesagt hat, dass es aufgegeben hat. Verwerfen Sie ihn nur dann früher, wenn kein Gerät diese Wallet als fertig zeigt.",
  mendThenRestart: () => "Beheben Sie das und starten Sie Permafrost neu: Es bringt die Wallet von selbst zu Ende.",
  mendThenDiscard: () => "Beheben Sie das und verwerfen Sie die Wallet noch einmal.",
  mendThenTryAgain: () => "Beheben Sie das und versuchen Sie es mit einer neuen Sitzung noch einmal.",
  tryAgainAtOnce: () => "Sie können es gleich mit einer neuen Sitzung noch einmal versuchen.",
  serverSilent: () => "Der Server war nicht zu erreichen.",
  checkNetwork: () => "Prüfen Sie das Netzwerk und die Adresse des Servers und versuchen Sie es noch einmal.",
  serverRefused: () => "Der Server hat dieses Gerät nicht eingelassen.",
  tryAgainLater: () => "Versuchen Sie es später noch einmal, oder verwenden Sie einen anderen Server.",
  creatorNotMet: () =>
    "Das Gerät, das diese Sitzung erstellt hat, war darin nicht anzutreffen. Vielleicht ist sie alt, oder das Gerät ist offline oder auf einem anderen Server.",
  askCreatorToWait: () =>
    "Bitten Sie die Person, die Sitzung offen zu halten, prüfen Sie, ob beide denselben Server verwenden, und treten Sie noch einmal bei.",
  sessionFull: () => "Diese Sitzung ist voll: Alle Plätze sind vergeben.",
  askForMorePlaces: () => "Bitten Sie um eine neue Sitzung mit mehr Plätzen.",
  sessionHasBegun: () => "Diese Sitzung hat mit anderen Geräten begonnen.",
  sessionFinished: () => "Diese Sitzung ist beendet: Ihre Wallet ist fertig.",
  askForNewId: () => "Niemand kann mehr beitreten. Bitten Sie um eine neue Sitzungs-ID.",
  sessionCancelled: () => "Diese Sitzung wurde vorher abgebrochen oder ist gescheitert.",
  askCreatorForNewId: () => "Bitten Sie die Person, die sie erstellt hat, um eine neue Sitzungs-ID.",
  notSigned: ({ names }) =>
    `${named(names)} ${one(names) ? "hat" : "haben"} das Zertifikat nicht rechtzeitig unterschrieben.`,
  youCancelled: () => "Sie haben die Sitzung abgebrochen.",
  youLeft: () => "Sie haben die Sitzung verlassen.",
  youEnded: () => "Sie haben die Sitzung beendet.",
  notAnnounced: () => "Niemand kann diese Sitzung auf dem Server finden oder um Einlass bitten.",
  sendIdInstead: () => "Senden Sie den anderen stattdessen die Sitzungs-ID; damit können sie genauso beitreten.",
  notAsAnnounced: () =>
    "Die Sitzung ist nicht die angekündigte: Wer sie erstellt hat, ihr Name, ihre Art oder ihre Zahlen sind anders.",
  unknownNetworkProposed: ({ network }) =>
    `Die Sitzung ist für das Netz „${network}“, das diese Version von Permafrost für eine solche Wallet nicht kennt.`,
  noNetworkProposed: () => "Die Sitzung sagt nicht, für welches Netz ihre Wallet ist.",
  updateThenJoin: () => "Aktualisieren Sie Permafrost auf allen Geräten und beginnen Sie eine neue Sitzung.",
  compareWordsFirst: () =>
    "Sprechen Sie mit der Person, die sie erstellt hat, und vergleichen Sie die Wörter des Fingerabdrucks, bevor Sie es noch einmal versuchen.",
  notErased: () => "Der Anteil dieses Geräts ließ sich nicht löschen.",
  notStored: () => "Dieses Gerät konnte seinen Anteil nicht speichern.",
  notResumed: ({ wallet }) =>
    `Die Schlüsselerzeugung von „${wallet}“ ist nicht auf allen Geräten fertig, und dieses Gerät kann sie nicht fortsetzen.`,
  secretsMissing: () =>
    "Ihre Geheimnisse sind nicht im Schlüsselspeicher dieses Geräts: Er ist eine ältere Kopie, oder etwas wurde daraus gelöscht.",
  nothingErased: () => "Nichts wurde gelöscht, und die Anteile der anderen Geräte sind nicht betroffen.",
  closedMeanwhile: () => "Permafrost wurde während der Sitzung geschlossen.",
  storageFailed: () => "Die Datenbank meldet einen Fehler.",
  walletRemoved: () => "Die Wallet wurde entfernt.",
  equivocation: ({ name }) => `„${name}“ hat verschiedenen Geräten Verschiedenes gesendet.`,
  badShare: ({ name }) => `„${name}“ hat einen Anteil gesendet, der nicht gültig ist.`,
  badProof: ({ name }) => `„${name}“ konnte nicht beweisen, seinen Teil des Schlüssels zu kennen.`,
  contradiction: ({ name }) => `„${name}“ hat sich widersprochen.`,
  malformed: ({ name }) => `„${name}“ hat etwas gesendet, das keinen Sinn ergibt.`,
  talkToItsOwner: () =>
    "Sprechen Sie mit der Person, der es gehört: Das Gerät ist fehlerhaft, manipuliert oder unehrlich. Versuchen Sie es mit einer neuen Sitzung noch einmal, wenn nötig ohne es.",
  otherVersion: ({ name }) => `Auf „${name}“ läuft eine andere Version von Permafrost.`,
  updateAll: () => "Aktualisieren Sie alle Geräte und versuchen Sie es noch einmal.",
  notEverybodyJoined: () => "Nicht alle sind rechtzeitig beigetreten.",
  somebodySilent: () => "Jemand hat nicht rechtzeitig geantwortet.",
  silent: ({ names }) => `${named(names)} ${one(names) ? "hat" : "haben"} nicht rechtzeitig geantwortet.`,
  checkItsConnection: () => "Prüfen Sie die Verbindung und versuchen Sie es mit einer neuen Sitzung noch einmal.",
  rosterMismatch: ({ name }) => `„${name}“ hat mit anderen Teilnehmenden oder Einstellungen begonnen als vereinbart.`,
  conflictingProposals: ({ first, second }) =>
    `„${first}“ und „${second}“ behaupten beide, diese Sitzung erstellt zu haben.`,
  sendIdAgain: () =>
    "Eines davon ist nicht, was es sagt. Beginnen Sie eine neue Sitzung und schicken Sie deren ID nur den Menschen, die dazugehören.",
  left: ({ name }) => `„${name}“ ist gegangen.`,
  restarted: ({ name }) => `„${name}“ wurde neu gestartet.`,
  cancelled: ({ name }) => `„${name}“ hat die Sitzung beendet.`,
  itCouldNotStore: ({ name }) => `„${name}“ konnte seinen Anteil nicht speichern.`,
  ownerMustMend: () =>
    "Wem es gehört, muss sich um Schlüsselbund oder Festplatte kümmern; versuchen Sie es dann mit einer neuen Sitzung noch einmal.",
  ownFailure: () => "Dieses Gerät konnte seinen Teil nicht tun.",
  restartThenTryAgain: () => "Starten Sie Permafrost neu und versuchen Sie es mit einer neuen Sitzung noch einmal.",

  notSaved: ({ file }) => `„${file}“ konnte nicht gespeichert werden.`,
  saveElsewhere: () =>
    `Was vorher da war, ist unverändert. Wählen Sie einen anderen Ordner, oder schaffen Sie Platz auf der Festplatte, und speichern Sie noch einmal.`,
  noSaveDialog: () =>
    "Nichts wurde gespeichert, da das System sein Fenster zur Dateiauswahl nicht zeigt. Starten Sie Permafrost neu und versuchen Sie es noch einmal.",
  diskFull: () => "Die Festplatte ist voll.",
  notAllowed: () => "Das System erlaubt es nicht.",
  notWritable: () => "Worauf es liegt, lässt sich nicht beschreiben.",
  folderGone: () => "Der Ordner dafür ist nicht da.",
  usedElsewhere: () => "Ein anderes Programm verwendet sie.",
  databaseFileDamaged: () => "Ihre Datei ist beschädigt.",
  databaseOfNewer: () => "Eine neuere Version von Permafrost hat sie geschrieben.",
  recordDamaged: () => "Ein Eintrag darin ist beschädigt.",
  technicalDetail: ({ detail }) => `(Technische Angabe: ${detail})`,

  serverNameUnknown: () => "Zum Namen des Servers findet sich keine Adresse.",
  nobodyAtServer: () => "Unter der Adresse und dem Port des Servers antwortet niemand.",
  noWayToServer: () => "Es führt kein Weg zum Server: Vielleicht ist dieser Computer offline.",
  serverTooSlow: () => "Der Server hat nicht rechtzeitig geantwortet.",
  serverCertificate: () =>
    "Dem Zertifikat des Servers ist nicht zu trauen: Es könnte abgelaufen sein oder zu einem anderen Server gehören.",
  noSignallingServer: () => "Was unter der Adresse des Servers antwortet, ist kein Signalisierungsserver.",
  serverNonsense: () => "Der Server hält sich nicht an das Protokoll.",
  connectionBroke: () => "Die Verbindung zum Server ist abgebrochen.",
  serverQuiet: () => "Vom Server war nichts mehr zu hören.",
  serverFull: () => "Der Server ist voll.",
  serverTooManyFromHere: () => "Zu viele Geräte aus diesem Netzwerk verwenden den Server.",
  serverRoomFull: () => "Im Raum der Sitzung auf dem Server sind zu viele Geräte.",
  serverTooManyRooms: () => "Dieses Gerät oder sein Netzwerk ist auf dem Server in so vielen Räumen, wie es sein darf.",
  serverRoomExpired: () => "Den Raum der Sitzung gibt es schon so lange, wie der Server es zulässt.",
  serverAnnouncementsFull: () => "Der Server kündigt schon so viele Sitzungen an, wie er kann.",
  serverTooManyAnnouncements: () =>
    "Dieses Gerät oder sein Netz hat auf dem Server schon so viele Sitzungen angekündigt, wie es darf.",
  serverRestarting: () => "Der Server startet neu.",
  serverOtherVersion: ({ version }) => `Der Server spricht Version ${version} des Protokolls und dieses Gerät eine andere.`,
  serverFoundUsTooSlow: () =>
    "Der Server hat von diesem Gerät zu lange nichts gehört, oder es hat zu lange gebraucht, um ihn anzuhören.",
  serverRefusedMessage: () => "Der Server hat etwas abgelehnt, das dieses Gerät gesendet hat.",

  notCopied: () =>
    `Nichts wurde kopiert, da sich die Zwischenablage nicht verwenden lässt. Versuchen Sie es noch einmal, oder markieren Sie den Text und kopieren Sie ihn von Hand.`,
};

/** Names come one a line. */
function named(names: string): string {
  return list(names.split("\n").map((name) => `„${name}“`));
}

function one(names: string): boolean {
  return !names.includes("\n");
}

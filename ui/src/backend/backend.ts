import type { About } from "../bindings/About";
import type { AddressRequest } from "../bindings/AddressRequest";
import type { BitcoinBump } from "../bindings/BitcoinBump";
import type { BitcoinDraftView } from "../bindings/BitcoinDraftView";
import type { BitcoinPayment } from "../bindings/BitcoinPayment";
import type { ChainSourceEntry } from "../bindings/ChainSourceEntry";
import type { CertificateView } from "../bindings/CertificateView";
import type { CoinView } from "../bindings/CoinView";
import type { CreateSession } from "../bindings/CreateSession";
import type { FileView } from "../bindings/FileView";
import type { IceServerEntry } from "../bindings/IceServerEntry";
import type { JoinPreview } from "../bindings/JoinPreview";
import type { KeystoreKind } from "../bindings/KeystoreKind";
import type { Labels } from "../bindings/Labels";
import type { MessagePart } from "../bindings/MessagePart";
import type { PaymentRequestView } from "../bindings/PaymentRequestView";
import type { PreferencesChange } from "../bindings/PreferencesChange";
import type { ProposeMessage } from "../bindings/ProposeMessage";
import type { ProposeTransaction } from "../bindings/ProposeTransaction";
import type { SetLabel } from "../bindings/SetLabel";
import type { ShellEvent } from "../bindings/ShellEvent";
import type { SignedMessage } from "../bindings/SignedMessage";
import type { SignedTransaction } from "../bindings/SignedTransaction";
import type { Snapshot } from "../bindings/Snapshot";
import type { SolanaDraftView } from "../bindings/SolanaDraftView";
import type { SolanaPayment } from "../bindings/SolanaPayment";
import type { TransactionView } from "../bindings/TransactionView";

/**
 * What the interface can ask of this device. Every method rejects with a [`BackendError`] and with
 * nothing else. What a command changes arrives as a snapshot, not as its result.
 */
export interface Backend {
  /** Calls `listener` with the whole state, now and after every change, until the result is called. */
  subscribe(listener: (snapshot: Snapshot) => void): Promise<() => void>;

  /** Resolves to the new session's key. */
  createSession(request: CreateSession): Promise<string>;
  inspectSessionId(text: string): Promise<JoinPreview>;
  /** Resolves to the session's key; rejects with `other_server` unless that server was accepted. */
  joinSession(text: string, acceptServer: boolean): Promise<string>;
  consent(session: string): Promise<void>;
  /** Cancels the session on its creator's device, leaves it elsewhere. */
  leaveSession(session: string): Promise<void>;
  dismissSession(session: string): Promise<void>;

  browse(on: boolean): Promise<void>;
  askToJoin(announcement: string): Promise<void>;
  answerRequest(session: string, request: string, admit: boolean): Promise<void>;

  confirmWords(wallet: string, matches: boolean): Promise<void>;
  discardWallet(wallet: string): Promise<void>;
  address(request: AddressRequest): Promise<string>;
  /** The ceremony certificate as JSON text. */
  certificate(wallet: string): Promise<string>;
  /** What a certificate says, if all its signatures are valid; asks nobody. */
  checkCertificate(text: string): Promise<CertificateView>;
  /** Makes the next receive address the current one. */
  freshAddress(wallet: string): Promise<unknown>;
  /** The wallet's public data, for a file. */
  exportWallet(wallet: string): Promise<unknown>;
  renameWallet(wallet: string, name: string): Promise<void>;
  /** Erases this device's share; `typedName` must be the wallet's name. */
  removeWallet(wallet: string, typedName: string): Promise<void>;

  /** Chooses where the wallets of a Bitcoin network are looked up; `null`: nowhere. A node without a password keeps the one that is stored. */
  setChainSource(network: string, source: ChainSourceEntry | null): Promise<void>;
  /** Resolves once who is asked there has said that it serves the network, and fails with why not. */
  tryChainSource(network: string): Promise<void>;
  /** Looks a wallet up now. */
  syncWallet(wallet: string): Promise<void>;
  /** All transactions of a Bitcoin wallet. */
  transactions(wallet: string): Promise<TransactionView[]>;
  /** What is known of a wallet's transactions, as a table (CSV). */
  exportHistory(wallet: string): Promise<string>;
  /** The coins that are not spent, the most valuable first. */
  coins(wallet: string): Promise<CoinView[]>;
  /** Reads what was pasted to say whom to pay: an address or a request (BIP-21). */
  readPaymentRequest(wallet: string, text: string): Promise<PaymentRequestView>;
  /** Builds a transaction, of which nothing is kept; `proposeTransaction` takes its `psbt`. */
  draftBitcoinPayment(payment: BitcoinPayment): Promise<BitcoinDraftView>;
  draftBitcoinBump(bump: BitcoinBump): Promise<BitcoinDraftView>;
  /** Notes something on a transaction or an address of any chain, on this device alone. */
  setLabel(label: SetLabel): Promise<void>;
  /** The note on a transaction or an address. */
  label(wallet: string, reference: string): Promise<string | null>;
  /** All notes of a wallet for other programs (BIP-329). */
  exportLabels(wallet: string): Promise<string>;
  /** Resolves to the number of notes that were taken in. */
  importLabels(wallet: string, text: string): Promise<number>;

  /** Chooses the server of a Solana network; `null`: none. */
  setSolanaServer(network: string, url: string | null): Promise<void>;
  /** As `tryChainSource`. */
  trySolanaServer(network: string): Promise<void>;
  /** What a payment would be; nothing of it is kept. */
  draftSolanaPayment(payment: SolanaPayment): Promise<SolanaDraftView>;
  /** Asks the members of a Solana wallet to sign a payment; resolves to the request's ID. */
  proposeSolanaPayment(payment: SolanaPayment, lifetime: number): Promise<string>;

  /** Asks the members of a wallet for a signature; resolves to the request's ID. */
  proposeMessage(message: ProposeMessage): Promise<string>;
  proposeTransaction(transaction: ProposeTransaction): Promise<string>;
  approveRequest(request: string): Promise<void>;
  rejectRequest(request: string, reason: string | null): Promise<void>;
  /** Ends a request of this device for everyone. */
  cancelRequest(request: string): Promise<void>;
  /** What came of a request, to be passed on. */
  signedMessage(request: string): Promise<SignedMessage>;
  /** The transaction of a request, ready to be published. */
  signedTransaction(request: string): Promise<SignedTransaction>;
  /** What a request would sign, for another program: a PSBT in base64. */
  requestPsbt(request: string): Promise<string>;
  /** Has this device send the signed transaction of a request. */
  publishTransaction(request: string): Promise<void>;
  /** What a signed message from anybody says; rejects unless its signature holds. */
  verifyMessage(text: string): Promise<SignedMessage>;
  /** What tells a file that the person chooses from every other; null if they choose none. */
  hashFile(): Promise<FileView | null>;

  /** This device's identity and shares, encrypted with the passphrase. */
  backUp(passphrase: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Makes this device the one that was backed up; only while it has no wallets and runs no session. */
  restore(backup: Uint8Array, passphrase: string): Promise<void>;

  /** Opens the vault, or a locked app: with the vault's passphrase or the app passphrase. */
  unlock(passphrase: string): Promise<void>;
  lock(): Promise<void>;
  retryKeystore(): Promise<void>;
  useKeystore(kind: KeystoreKind): Promise<void>;
  setDeviceName(name: string): Promise<void>;
  setServer(url: string): Promise<void>;
  /** Resolves once the server let this device in, and fails with why not within 20 s. */
  tryServer(): Promise<void>;
  clearServer(): Promise<void>;

  finishSetup(): Promise<void>;
  /** What is not in it stays as it is. */
  setPreferences(change: PreferencesChange): Promise<void>;
  /** Takes the place of all; an entry without a credential keeps the one that is stored. */
  setIceServers(servers: IceServerEntry[]): Promise<void>;
  /** Runs the signalling server on this computer, on that port or on the usual one. */
  host(port: number | null): Promise<void>;
  stopHosting(): Promise<void>;
  /** Sets the app passphrase, changes it, or with no new one takes it away. */
  setAppPassphrase(current: string | null, next: string | null): Promise<void>;

  renameContact(device: string, name: string): Promise<void>;
  verifyContact(device: string, verified: boolean): Promise<void>;
  forgetContact(device: string): Promise<void>;

  /** Tries again to open a device that could not be opened; then subscribe again. */
  reopen(): Promise<void>;
  /** Calls `listener` with what the desktop tells the page, also with what it told before the page was there. */
  events(listener: (event: ShellEvent) => void): Promise<() => void>;
  /** The first screen is up. */
  ready(): Promise<void>;
  /** Somebody uses the window, which puts off the automatic lock; at most every 15 seconds. */
  activity(): Promise<void>;
  /** The person is being asked whether to close. */
  closeAsked(): Promise<void>;
  /** Ends the app without asking. */
  quit(): Promise<void>;
  /** What is sensitive is taken from the clipboard again after 90 seconds. */
  copyText(text: string, sensitive: boolean): Promise<void>;
  /** Asks where to save; resolves to the path, or to null if the person chose not to. */
  saveFile(suggestedName: string, bytes: Uint8Array): Promise<string | null>;
  saveText(suggestedName: string, text: string): Promise<string | null>;
  /** Shows a notification of the desktop, if notifications are wanted. */
  notify(title: string, body: string): Promise<void>;
  /** The texts of menus and of the tray. */
  setLabels(labels: Labels): Promise<void>;
  /** For its person to read before it is given to anybody. */
  diagnosticsText(): Promise<string>;
  about(): Promise<About>;
}

/** Why a command did not work: `code` for branching; `errorText` says it to people. */
export class BackendError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly parts: MessagePart[] = [],
  ) {
    super(message);
    this.name = "BackendError";
  }

  /** Whatever a command rejected with, as a [`BackendError`]. */
  static from(cause: unknown): BackendError {
    if (cause instanceof BackendError) return cause;
    if (typeof cause === "object" && cause !== null && "code" in cause && "message" in cause) {
      const parts = "parts" in cause && Array.isArray(cause.parts) ? (cause.parts as MessagePart[]) : [];
      return new BackendError(String(cause.code), String(cause.message), parts);
    }
    return new BackendError("internal", cause instanceof Error ? cause.message : String(cause));
  }
}

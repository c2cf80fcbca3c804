import type { About } from "../bindings/About";
import type { PreferencesChange } from "../bindings/PreferencesChange";
import type { ShellEvent } from "../bindings/ShellEvent";
import type { Snapshot } from "../bindings/Snapshot";
import { type Backend, BackendError } from "./backend";
import { coins, drafted, paymentRequest, psbt } from "./moneySamples";
import { addressAt, certificate } from "./samples";
import { draftOf, signedMessage, signedTransaction } from "./requestSamples";

/** A command that was called, and its arguments. */
export type Call = [command: keyof Backend, ...args: unknown[]];

const about: About = { version: "0.1.0", commit: null, platform: "linux", tray: true, tellsOfLock: true, licences: "MIT\n" };

/**
 * A backend without a device: it shows the snapshots it is given, remembers the calls, and answers as
 * told. For tests, and for looking at screens with `npm run dev`; it is not part of the app.
 */
export class FakeBackend implements Backend {
  readonly calls: Call[] = [];
  /** Calls that no one asked for, which accompany all that is done. */
  readonly background: Call[] = [];
  private readonly listeners = new Set<(snapshot: Snapshot) => void>();
  private readonly shellListeners = new Set<(event: ShellEvent) => void>();
  private readonly answers = new Map<keyof Backend, unknown>();

  constructor(private snapshot: Snapshot) {}

  get current(): Snapshot {
    return this.snapshot;
  }

  /** Shows the current snapshot with `change` applied. */
  publish(change: Partial<Snapshot>) {
    this.snapshot = { ...this.snapshot, ...change, revision: this.snapshot.revision + 1 };
    for (const listener of this.listeners) listener(this.snapshot);
  }

  /** Changes some of the settings, as another window of the device could. */
  prefer(changed: PreferencesChange) {
    this.publish({ settings: { ...this.snapshot.settings, ...changed } });
  }

  /** From now on `command` resolves to `answer`, or rejects with it if it is an error. */
  answer(command: keyof Backend, answer: unknown) {
    this.answers.set(command, answer);
  }

  async subscribe(listener: (snapshot: Snapshot) => void) {
    const failure = this.answers.get("subscribe");
    if (failure instanceof BackendError) throw failure;
    this.listeners.add(listener);
    listener(this.snapshot);
    return () => this.listeners.delete(listener);
  }

  createSession: Backend["createSession"] = (...args) => this.called("createSession", args, "created");
  inspectSessionId: Backend["inspectSessionId"] = async (text) => {
    const preview = await this.called("inspectSessionId", [text], { server: this.snapshot.server.url ?? "", otherServer: false });
    if (/pf1/i.test(text)) return preview;
    throw new BackendError("session_id_not_found", "There is no session ID in what you pasted. It begins with “pf1”. Copy the whole message again.");
  };
  joinSession: Backend["joinSession"] = (...args) => this.called("joinSession", args, "joined");
  consent: Backend["consent"] = (...args) => this.called("consent", args);
  leaveSession: Backend["leaveSession"] = (...args) => this.called("leaveSession", args);
  dismissSession: Backend["dismissSession"] = (...args) => this.called("dismissSession", args);
  browse: Backend["browse"] = (...args) => this.called("browse", args, undefined, this.background);
  askToJoin: Backend["askToJoin"] = (...args) => this.called("askToJoin", args);
  answerRequest: Backend["answerRequest"] = (...args) => this.called("answerRequest", args);
  confirmWords: Backend["confirmWords"] = (...args) => this.called("confirmWords", args);
  discardWallet: Backend["discardWallet"] = (...args) => this.called("discardWallet", args);
  address: Backend["address"] = (...args) => this.called("address", args, addressAt(args[0].network, args[0].index));
  certificate: Backend["certificate"] = (...args) => this.called("certificate", args, "{}");
  checkCertificate: Backend["checkCertificate"] = (...args) => this.called("checkCertificate", args, certificate());
  freshAddress: Backend["freshAddress"] = (...args) => this.called("freshAddress", args);
  exportWallet: Backend["exportWallet"] = (...args) => this.called("exportWallet", args, { format: "permafrost-wallet", version: 1 });
  renameWallet: Backend["renameWallet"] = (...args) => this.called("renameWallet", args);
  removeWallet: Backend["removeWallet"] = (...args) => this.called("removeWallet", args);
  setChainSource: Backend["setChainSource"] = (...args) => this.called("setChainSource", args);
  syncWallet: Backend["syncWallet"] = (...args) => this.called("syncWallet", args);
  transactions: Backend["transactions"] = (...args) => this.called("transactions", args, this.ledgerOf(args[0])?.transactions ?? []);
  exportHistory: Backend["exportHistory"] = (...args) => this.called("exportHistory", args, "date,txid,amount,fee,label\r\n");
  coins: Backend["coins"] = (...args) => this.called("coins", args, coins(this.networkOf(args[0])));
  readPaymentRequest: Backend["readPaymentRequest"] = async (...args) => (await this.called("readPaymentRequest", args)) ?? paymentRequest(args[1]);
  draftBitcoinPayment: Backend["draftBitcoinPayment"] = (...args) => {
    const available = this.ledgerOf(args[0].wallet)?.balance?.confirmed ?? 0;
    return this.called("draftBitcoinPayment", args, drafted(args[0], this.networkOf(args[0].wallet), available));
  };
  draftBitcoinBump: Backend["draftBitcoinBump"] = ({ wallet, ...bump }) => {
    const raised = this.ledgerOf(wallet)?.transactions.find(({ txid }) => txid === bump.txid);
    const payment = { wallet, recipients: raised?.paid ?? [], feeRate: bump.feeRate, coins: [] };
    return this.called("draftBitcoinBump", [{ wallet, ...bump }], drafted(payment, this.networkOf(wallet), this.ledgerOf(wallet)?.balance?.confirmed ?? 0));
  };
  setLabel: Backend["setLabel"] = (...args) => this.called("setLabel", args);
  label: Backend["label"] = (...args) => this.called("label", args, null, this.background);
  exportLabels: Backend["exportLabels"] = (...args) => this.called("exportLabels", args, '{"type":"tx","ref":"0b","label":"Roof"}\n');
  importLabels: Backend["importLabels"] = (...args) => this.called("importLabels", args, 12);
  tryChainSource: Backend["tryChainSource"] = (...args) => this.called("tryChainSource", args);
  trySolanaServer: Backend["trySolanaServer"] = (...args) => this.called("trySolanaServer", args);
  setSolanaServer: Backend["setSolanaServer"] = (...args) => this.called("setSolanaServer", args);
  draftSolanaPayment: Backend["draftSolanaPayment"] = (...args) => this.called("draftSolanaPayment", args, draftOf(args[0]));
  proposeSolanaPayment: Backend["proposeSolanaPayment"] = (...args) => this.called("proposeSolanaPayment", args, "q1");
  proposeMessage: Backend["proposeMessage"] = (...args) => this.called("proposeMessage", args, "q1");
  proposeTransaction: Backend["proposeTransaction"] = (...args) => this.called("proposeTransaction", args, "q1");
  approveRequest: Backend["approveRequest"] = (...args) => this.called("approveRequest", args);
  rejectRequest: Backend["rejectRequest"] = (...args) => this.called("rejectRequest", args);
  cancelRequest: Backend["cancelRequest"] = (...args) => this.called("cancelRequest", args);
  signedMessage: Backend["signedMessage"] = (...args) => this.called("signedMessage", args, signedMessage());
  signedTransaction: Backend["signedTransaction"] = (...args) => this.called("signedTransaction", args, signedTransaction());
  requestPsbt: Backend["requestPsbt"] = (...args) => this.called("requestPsbt", args, psbt);
  publishTransaction: Backend["publishTransaction"] = (...args) => this.called("publishTransaction", args);
  verifyMessage: Backend["verifyMessage"] = (...args) => this.called("verifyMessage", args, signedMessage());
  hashFile: Backend["hashFile"] = (...args) => this.called("hashFile", args, null);
  backUp: Backend["backUp"] = (...args) => this.called("backUp", args, new TextEncoder().encode("age-encryption.org/v1\n"));
  restore: Backend["restore"] = (...args) => this.called("restore", args);
  unlock: Backend["unlock"] = (...args) => this.called("unlock", args);
  lock: Backend["lock"] = (...args) => this.called("lock", args);
  retryKeystore: Backend["retryKeystore"] = (...args) => this.called("retryKeystore", args);
  useKeystore: Backend["useKeystore"] = (...args) => this.called("useKeystore", args);
  setDeviceName: Backend["setDeviceName"] = (...args) => this.called("setDeviceName", args);
  setServer: Backend["setServer"] = (...args) => this.called("setServer", args);
  tryServer: Backend["tryServer"] = (...args) => this.called("tryServer", args);
  clearServer: Backend["clearServer"] = (...args) => this.called("clearServer", args);
  finishSetup: Backend["finishSetup"] = async (...args) => {
    await this.called("finishSetup", args);
    this.publish({ settings: { ...this.snapshot.settings, setUp: true } });
  };
  setPreferences: Backend["setPreferences"] = async (...args) => {
    await this.called("setPreferences", args);
    this.publish({ settings: { ...this.snapshot.settings, ...args[0] } });
  };
  setIceServers: Backend["setIceServers"] = (...args) => this.called("setIceServers", args);
  host: Backend["host"] = (...args) => this.called("host", args);
  stopHosting: Backend["stopHosting"] = (...args) => this.called("stopHosting", args);
  setAppPassphrase: Backend["setAppPassphrase"] = (...args) => this.called("setAppPassphrase", args);
  renameContact: Backend["renameContact"] = (...args) => this.called("renameContact", args);
  verifyContact: Backend["verifyContact"] = (...args) => this.called("verifyContact", args);
  forgetContact: Backend["forgetContact"] = (...args) => this.called("forgetContact", args);
  reopen: Backend["reopen"] = (...args) => this.called("reopen", args);
  ready: Backend["ready"] = (...args) => this.called("ready", args, undefined, this.background);
  activity: Backend["activity"] = (...args) => this.called("activity", args, undefined, this.background);
  closeAsked: Backend["closeAsked"] = (...args) => this.called("closeAsked", args, undefined, this.background);
  quit: Backend["quit"] = (...args) => this.called("quit", args);
  copyText: Backend["copyText"] = (...args) => this.called("copyText", args);
  saveFile: Backend["saveFile"] = (...args) => this.called("saveFile", args, `/home/alice/${args[0]}`);
  saveText: Backend["saveText"] = (...args) => this.called("saveText", args, `/home/alice/${args[0]}`);
  notify: Backend["notify"] = (...args) => this.called("notify", args);
  setLabels: Backend["setLabels"] = (...args) => this.called("setLabels", args, undefined, this.background);
  diagnosticsText: Backend["diagnosticsText"] = (...args) => this.called("diagnosticsText", args, "Permafrost 0.1.0\n");
  about: Backend["about"] = (...args) =>
    this.called("about", args, about, this.background);

  async events(listener: (event: ShellEvent) => void) {
    this.shellListeners.add(listener);
    return () => this.shellListeners.delete(listener);
  }

  /** Tells the page something as the desktop does. */
  ring(event: ShellEvent) {
    for (const listener of this.shellListeners) listener(event);
  }

  private ledgerOf(wallet: string) {
    return this.snapshot.wallets.find(({ id }) => id === wallet)?.ledger;
  }

  private networkOf(wallet: string) {
    return this.snapshot.wallets.find(({ id }) => id === wallet)?.network ?? null;
  }

  private async called<T>(command: keyof Backend, args: unknown[], otherwise?: T, calls = this.calls): Promise<T> {
    calls.push([command, ...args]);
    const answer = this.answers.get(command);
    if (answer instanceof BackendError) throw answer;
    return (answer ?? otherwise) as T;
  }
}

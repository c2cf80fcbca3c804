import { Channel, invoke, type InvokeArgs } from "@tauri-apps/api/core";

import type { ShellEvent } from "../bindings/ShellEvent";
import type { Snapshot } from "../bindings/Snapshot";
import { type Backend, BackendError } from "./backend";

async function call<T = void>(command: string, args?: InvokeArgs): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (cause) {
    throw BackendError.from(cause);
  }
}

/** What the page contains now is on the screen with the second frame. */
function drawn(): Promise<void> {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}

/** The device behind this window. */
export const tauri: Backend = {
  async subscribe(listener) {
    let listening = true;
    const channel = new Channel<Snapshot>((snapshot) => {
      if (listening) listener(snapshot);
    });
    await call("subscribe", { channel });
    return () => {
      listening = false;
    };
  },

  createSession: (request) => call("create_session", { request }),
  inspectSessionId: (text) => call("inspect_session_id", { text }),
  joinSession: (text, acceptServer) => call("join_session", { text, acceptServer }),
  consent: (session) => call("consent", { session }),
  leaveSession: (session) => call("leave_session", { session }),
  dismissSession: (session) => call("dismiss_session", { session }),

  browse: (on) => call("browse", { on }),
  askToJoin: (announcement) => call("ask_to_join", { announcement }),
  answerRequest: (session, request, admit) => call("answer_request", { session, request, admit }),

  confirmWords: (wallet, matches) => call("confirm_words", { wallet, matches }),
  discardWallet: (wallet) => call("discard_wallet", { wallet }),
  address: (request) => call("address", { request }),
  certificate: (wallet) => call("certificate", { wallet }),
  checkCertificate: (text) => call("check_certificate", { text }),
  freshAddress: (wallet) => call("fresh_address", { wallet }),
  exportWallet: (wallet) => call("export_wallet", { wallet }),
  renameWallet: (wallet, name) => call("rename_wallet", { wallet, name }),
  removeWallet: (wallet, typedName) => call("remove_wallet", { wallet, typedName }),

  tryChainSource: (network) => call("try_chain_source", { network }),
  setChainSource: (network, source) => call("set_chain_source", { network, source }),
  syncWallet: (wallet) => call("sync_wallet", { wallet }),
  transactions: (wallet) => call("transactions", { wallet }),
  exportHistory: (wallet) => call("export_history", { wallet }),
  coins: (wallet) => call("coins", { wallet }),
  readPaymentRequest: (wallet, text) => call("read_payment_request", { wallet, text }),
  draftBitcoinPayment: (payment) => call("draft_bitcoin_payment", { payment }),
  draftBitcoinBump: (bump) => call("draft_bitcoin_bump", { bump }),
  setLabel: (label) => call("set_label", { label }),
  label: (wallet, reference) => call("label", { wallet, reference }),
  exportLabels: (wallet) => call("export_labels", { wallet }),
  importLabels: (wallet, text) => call("import_labels", { wallet, text }),

  trySolanaServer: (network) => call("try_solana_server", { network }),
  setSolanaServer: (network, url) => call("set_solana_server", { network, url }),
  draftSolanaPayment: (payment) => call("draft_solana_payment", { payment }),
  proposeSolanaPayment: (payment, lifetime) => call("propose_solana_payment", { payment, lifetime }),

  proposeMessage: (message) => call("propose_message", { message }),
  proposeTransaction: (transaction) => call("propose_transaction", { transaction }),
  approveRequest: (request) => call("approve_request", { request }),
  rejectRequest: (request, reason) => call("reject_request", { request, reason }),
  cancelRequest: (request) => call("cancel_request", { request }),
  signedTransaction: (request) => call("signed_transaction", { request }),
  requestPsbt: (request) => call("request_psbt", { request }),
  publishTransaction: (request) => call("publish_transaction", { request }),
  signedMessage: (request) => call("signed_message", { request }),
  verifyMessage: (text) => call("verify_message", { text }),
  hashFile: () => call("hash_file"),

  backUp: async (passphrase) => new Uint8Array(await call<ArrayBuffer | number[]>("back_up", { passphrase })),
  restore: (backup, passphrase) => call("restore", { backup: Array.from(backup), passphrase }),

  unlock: (passphrase) => call("unlock", { passphrase }),
  lock: () => call("lock"),
  retryKeystore: () => call("retry_keystore"),
  useKeystore: (kind) => call("use_keystore", { kind }),
  setDeviceName: (name) => call("set_device_name", { name }),
  setServer: (url) => call("set_server", { url }),
  tryServer: () => call("try_server"),
  clearServer: () => call("clear_server"),
  finishSetup: () => call("finish_setup"),
  setPreferences: (change) => call("set_preferences", { change }),
  setIceServers: (servers) => call("set_ice_servers", { servers }),
  host: (port) => call("host", { port }),
  stopHosting: () => call("stop_hosting"),
  setAppPassphrase: (current, next) => call("set_app_passphrase", { current, new: next }),
  renameContact: (device, name) => call("rename_contact", { device, name }),
  verifyContact: (device, verified) => call("verify_contact", { device, verified }),
  forgetContact: (device) => call("forget_contact", { device }),

  reopen: () => call("reopen"),
  async events(listener) {
    let listening = true;
    const channel = new Channel<ShellEvent>((event) => {
      if (listening) listener(event);
    });
    await call("events", { channel });
    return () => {
      listening = false;
    };
  },
  async ready() {
    await drawn();
    await call("ready");
  },
  activity: () => call("activity"),
  closeAsked: () => call("close_asked"),
  quit: () => call("quit"),
  copyText: (text, sensitive) => call("copy_text", { text, sensitive }),
  saveFile: (suggestedName, bytes) => call("save_file", { suggestedName, bytes: Array.from(bytes) }),
  saveText: (suggestedName, text) => call("save_text", { suggestedName, text }),
  notify: (title, body) => call("notify", { title, body }),
  setLabels: (labels) => call("set_labels", { labels }),
  diagnosticsText: () => call("diagnostics_text"),
  about: () => call("about"),
};

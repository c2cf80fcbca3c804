import { Channel, invoke, type InvokeArgs } from "@tauri-apps/api/core";
import { writeText } from "@tauri-apps/plugin-clipboard-manager";

import type { Snapshot } from "../bindings/Snapshot";
import { type Backend, BackendError } from "./backend";

async function call<T = void>(command: string, args?: InvokeArgs): Promise<T> {
  try {
    return await invoke<T>(command, args);
  } catch (cause) {
    throw BackendError.from(cause);
  }
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

  unlockVault: (passphrase) => call("unlock_vault", { passphrase }),
  retryKeystore: () => call("retry_keystore"),
  useKeystore: (kind) => call("use_keystore", { kind }),
  setDeviceName: (name) => call("set_device_name", { name }),
  setServer: (url) => call("set_server", { url }),

  async copyText(text) {
    try {
      await writeText(text);
    } catch (cause) {
      throw BackendError.from(cause);
    }
  },
};

import type { AddressRequest } from "../bindings/AddressRequest";
import type { CreateSession } from "../bindings/CreateSession";
import type { JoinPreview } from "../bindings/JoinPreview";
import type { KeystoreKind } from "../bindings/KeystoreKind";
import type { Snapshot } from "../bindings/Snapshot";

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

  unlockVault(passphrase: string): Promise<void>;
  retryKeystore(): Promise<void>;
  useKeystore(kind: KeystoreKind): Promise<void>;
  setDeviceName(name: string): Promise<void>;
  setServer(url: string): Promise<void>;

  copyText(text: string): Promise<void>;
}

/** Why a command did not work: `code` for branching, `message` for people. */
export class BackendError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "BackendError";
  }

  /** Whatever a command rejected with, as a [`BackendError`]. */
  static from(cause: unknown): BackendError {
    if (cause instanceof BackendError) return cause;
    if (typeof cause === "object" && cause !== null && "code" in cause && "message" in cause) {
      return new BackendError(String(cause.code), String(cause.message));
    }
    return new BackendError("internal", cause instanceof Error ? cause.message : String(cause));
  }
}

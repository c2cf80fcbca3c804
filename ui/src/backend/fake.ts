import type { Snapshot } from "../bindings/Snapshot";
import { type Backend, BackendError } from "./backend";

/** A command that was called, and its arguments. */
export type Call = [command: keyof Backend, ...args: unknown[]];

/**
 * A backend without a device: it shows the snapshots it is given, remembers the calls, and answers as
 * told. For tests, and for looking at screens with `npm run dev`; it is not part of the app.
 */
export class FakeBackend implements Backend {
  readonly calls: Call[] = [];
  private readonly listeners = new Set<(snapshot: Snapshot) => void>();
  private readonly answers = new Map<keyof Backend, unknown>();

  constructor(private snapshot: Snapshot) {}

  /** Shows the current snapshot with `change` applied. */
  publish(change: Partial<Snapshot>) {
    this.snapshot = { ...this.snapshot, ...change, revision: this.snapshot.revision + 1 };
    for (const listener of this.listeners) listener(this.snapshot);
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
  inspectSessionId: Backend["inspectSessionId"] = (...args) =>
    this.called("inspectSessionId", args, { server: this.snapshot.server.url ?? "", otherServer: false });
  joinSession: Backend["joinSession"] = (...args) => this.called("joinSession", args, "joined");
  consent: Backend["consent"] = (...args) => this.called("consent", args);
  leaveSession: Backend["leaveSession"] = (...args) => this.called("leaveSession", args);
  dismissSession: Backend["dismissSession"] = (...args) => this.called("dismissSession", args);
  browse: Backend["browse"] = (...args) => this.called("browse", args);
  askToJoin: Backend["askToJoin"] = (...args) => this.called("askToJoin", args);
  answerRequest: Backend["answerRequest"] = (...args) => this.called("answerRequest", args);
  confirmWords: Backend["confirmWords"] = (...args) => this.called("confirmWords", args);
  discardWallet: Backend["discardWallet"] = (...args) => this.called("discardWallet", args);
  address: Backend["address"] = (...args) => this.called("address", args, "bc1pnext");
  certificate: Backend["certificate"] = (...args) => this.called("certificate", args, "{}");
  unlockVault: Backend["unlockVault"] = (...args) => this.called("unlockVault", args);
  retryKeystore: Backend["retryKeystore"] = (...args) => this.called("retryKeystore", args);
  useKeystore: Backend["useKeystore"] = (...args) => this.called("useKeystore", args);
  setDeviceName: Backend["setDeviceName"] = (...args) => this.called("setDeviceName", args);
  setServer: Backend["setServer"] = (...args) => this.called("setServer", args);
  copyText: Backend["copyText"] = (...args) => this.called("copyText", args);

  private async called<T>(command: keyof Backend, args: unknown[], otherwise?: T): Promise<T> {
    this.calls.push([command, ...args]);
    const answer = this.answers.get(command);
    if (answer instanceof BackendError) throw answer;
    return (answer ?? otherwise) as T;
  }
}

import { BackendError } from "../backend";
import { errorText } from "../messages";

type Outcome = { state: "untried" | "running" | "reached" } | { state: "failed"; why: string };

/** Whether a server that was set answers as it should, as far as that was tried. */
export class Trial {
  outcome = $state.raw<Outcome>({ state: "untried" });

  readonly #attempt: () => Promise<void>;
  #latest = 0;

  /** `attempt` resolves if it does, and fails with why not. */
  constructor(attempt: () => Promise<void>) {
    this.#attempt = attempt;
  }

  get running(): boolean {
    return this.outcome.state === "running";
  }

  /** Tries it. A trial that was begun or forgotten since then says nothing any more. */
  readonly run = async (): Promise<void> => {
    const mine = ++this.#latest;
    this.outcome = { state: "running" };
    const outcome = await this.#attempt().then(
      (): Outcome => ({ state: "reached" }),
      (cause: unknown): Outcome => ({ state: "failed", why: errorText(BackendError.from(cause)) }),
    );
    if (mine === this.#latest) this.outcome = outcome;
  };

  readonly forget = () => {
    this.#latest += 1;
    this.outcome = { state: "untried" };
  };
}

import { tick } from "svelte";

import { BackendError } from "../backend";
import { errorText } from "../messages";

/** A text that is edited in the place where it stands, and saved or left as it was. */
export class Editing {
  open = $state(false);
  text = $state("");
  error = $state<string>();
  busy = $state(false);
  /** What takes the text. */
  field = $state<HTMLElement>();
  /** What opens it, which has the focus again afterwards. */
  opener = $state<HTMLElement>();

  readonly #save: (text: string) => Promise<unknown>;
  readonly #check: (text: string) => string | undefined;

  /** `check` says what is wrong with a text, if anything. */
  constructor(save: (text: string) => Promise<unknown>, check: (text: string) => string | undefined = () => undefined) {
    this.#save = save;
    this.#check = check;
  }

  async begin(text: string) {
    this.text = text;
    this.error = undefined;
    this.open = true;
    await tick();
    const input = this.field instanceof HTMLInputElement ? this.field : this.field?.querySelector("input");
    input?.focus();
    input?.select();
  }

  readonly close = async () => {
    this.open = false;
    await tick();
    this.opener?.focus();
  };

  readonly submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (this.busy) return;
    this.error = this.#check(this.text);
    if (this.error !== undefined) return;
    this.busy = true;
    try {
      await this.#save(this.text.trim());
      await this.close();
    } catch (cause) {
      this.error = errorText(BackendError.from(cause));
    } finally {
      this.busy = false;
    }
  };

  readonly onkeydown = (event: KeyboardEvent) => {
    if (event.key === "Escape") void this.close();
  };
}

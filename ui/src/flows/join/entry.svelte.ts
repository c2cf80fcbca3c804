import { type Backend, BackendError } from "../../backend";
import type { JoinPreview } from "../../bindings/JoinPreview";
import { PictureError, textInPicture } from "../../components/qr/picture";
import { errorText, m } from "../../messages";

/** What is known of what was entered. */
export type Finding =
  | { state: "nothing" }
  | { state: "reading" }
  | { state: "found"; preview: JoinPreview; inPicture: boolean }
  | { state: "wrong"; code: string; message: string };

const nothing: Finding = { state: "nothing" };
/** How long somebody must pause while typing before the text is looked at. */
const pause = 250;

/** The text in the field and what the device says of it. */
export class Entry {
  text = $state("");
  finding = $state.raw<Finding>(nothing);
  /** Whether its server may be used although it is not the one that is set. */
  accepted = $state(false);

  /** Counts what was entered: an answer to anything but the latest comes too late. */
  private latest = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {}

  /** The text changed by a key. */
  typed() {
    this.anew(nothing);
    if (this.text.trim() !== "") this.timer = setTimeout(() => void this.look(), pause);
  }

  /** The text was pasted or dropped as a whole. */
  give(text: string): Promise<Finding> {
    this.text = text;
    return this.look();
  }

  async open(picture: Blob) {
    const mine = this.anew({ state: "reading" });
    const [finding, text] = await this.inPicture(picture);
    if (mine !== this.latest) return;
    if (text !== undefined) this.text = text;
    this.finding = finding;
  }

  /** Looks at the text now. */
  async look(): Promise<Finding> {
    const mine = this.anew(nothing);
    if (this.text.trim() === "") return (this.finding = { state: "wrong", code: "empty", message: m.join.missing });
    const finding = await this.inspect(this.text);
    if (mine === this.latest) this.finding = finding;
    return this.finding;
  }

  failed(cause: unknown) {
    this.finding = wrong(cause);
  }

  stop() {
    this.anew(nothing);
  }

  private anew(finding: Finding): number {
    clearTimeout(this.timer);
    this.finding = finding;
    this.accepted = false;
    return ++this.latest;
  }

  private async inspect(text: string, inPicture = false): Promise<Finding> {
    try {
      return { state: "found", preview: await this.backend.inspectSessionId(text), inPicture };
    } catch (cause) {
      return wrong(cause);
    }
  }

  /** What a picture holds, and its text if that concerns a session. */
  private async inPicture(picture: Blob): Promise<[Finding, string?]> {
    try {
      const text = await textInPicture(picture);
      const finding = await this.inspect(text, true);
      const other = finding.state === "wrong" && finding.code === "session_id_not_found";
      return other ? [{ ...finding, message: m.join.picture.noSession }] : [finding, text];
    } catch (cause) {
      const problem = cause instanceof PictureError ? cause.problem : "unreadable";
      return [{ state: "wrong", code: problem, message: m.join.picture[problem] }];
    }
  }
}

function wrong(cause: unknown): Finding {
  const error = BackendError.from(cause);
  return { state: "wrong", code: error.code, message: errorText(error) };
}

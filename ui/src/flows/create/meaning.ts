import type { CiphersuiteView } from "../../bindings/CiphersuiteView";
import { m } from "../../messages";

/** What a threshold means for those who hold the shares, in sentences. */
export interface Meaning {
  can: string;
  loss: string;
  theft: string;
  /** What is unwise about it, if anything is. */
  warning: string | undefined;
}

export function meaningOf(ciphersuite: CiphersuiteView, threshold: number, participants: number): Meaning {
  const say = m.meaning[ciphersuite === "secp256k1" ? "key" : "money"];
  return {
    can: say.can(threshold, participants),
    loss: say.loss(participants - threshold),
    theft: say.theft(threshold),
    warning: warningOf(threshold, participants),
  };
}

function warningOf(threshold: number, participants: number): string | undefined {
  if (threshold === participants) return m.meaning.noSpare(participants);
  if (isFewOfMany(threshold, participants)) return m.meaning.fewOfMany(threshold, participants);
  return undefined;
}

/** Two of five or more, three of eight or more: a small part of the group that can do everything. */
function isFewOfMany(threshold: number, participants: number): boolean {
  return threshold <= 3 && participants >= 5 && threshold * 5 <= participants * 2;
}

import type { CiphersuiteView } from "../../bindings/CiphersuiteView";
import type { CreateSession } from "../../bindings/CreateSession";
import type { ProposalView } from "../../bindings/ProposalView";
import { networksOf } from "../../components/network/networks";
import { m } from "../../messages";
import { type Meaning, meaningOf } from "./meaning";

/** Limits that the device enforces as well; here they say so before anything is sent. */
export const limits = { name: 60, least: 2, most: 50 } as const;

/** What the form holds: numbers are absent while their fields hold none. */
export interface CreateForm {
  name: string;
  ciphersuite: CiphersuiteView;
  /** None is the main network. */
  network: string | null;
  participants: number | null;
  threshold: number | null;
  announce: boolean;
}

export type CreateErrors = Partial<Record<"name" | "participants" | "threshold", string>>;

export const emptyForm: CreateForm = {
  name: "",
  ciphersuite: "secp256k1-tr",
  network: null,
  participants: 3,
  threshold: 2,
  announce: false,
};

/** The form that makes the same wallet again. */
export function formOf(proposal: ProposalView, announce: boolean): CreateForm {
  const { name, ciphersuite, network, participants, threshold } = proposal;
  return { name, ciphersuite, network, participants, threshold, announce };
}

/** The request that the form stands for, or what is wrong with each field. */
export function parse(form: CreateForm): { request: CreateSession } | { errors: CreateErrors } {
  const errors: CreateErrors = {};
  const name = form.name.trim();
  const { participants, threshold } = form;
  if (name === "") errors.name = m.create.nameMissing;
  else if ([...name].length > limits.name) errors.name = m.create.nameTooLong(limits.name);
  if (!within(participants, limits.least, limits.most)) {
    errors.participants = m.create.peopleRange(limits.least, limits.most);
  } else if (!within(threshold, limits.least, participants)) {
    errors.threshold = m.create.thresholdRange(participants);
  }
  if (Object.keys(errors).length > 0 || participants === null || threshold === null) return { errors };
  const { ciphersuite, announce } = form;
  return { request: { name, ciphersuite, network: networkOf(form), participants, threshold, announce } };
}

/** The network that the form stands for: another purpose may not have the one that was chosen. */
export function networkOf({ ciphersuite, network }: CreateForm): string | null {
  const networks: readonly string[] = networksOf[ciphersuite];
  return network !== null && networks.includes(network) ? network : (networks[0] ?? null);
}

/** What the chosen numbers mean; nothing while they make no sense. */
export function consequences({ ciphersuite, threshold, participants }: CreateForm): Meaning | undefined {
  if (!within(participants, limits.least, limits.most)) return undefined;
  if (!within(threshold, limits.least, participants)) return undefined;
  return meaningOf(ciphersuite, threshold, participants);
}

function within(value: number | null, least: number, most: number): value is number {
  return value !== null && Number.isInteger(value) && value >= least && value <= most;
}

import type { SessionView } from "../../bindings/SessionView";
import type { WaitingFor } from "../../bindings/WaitingFor";
import { unreachable } from "../../exhaustive";
import { errorText, m } from "../../messages";
import { roundOrder } from "./rounds";

/** What happened from one state of a session to a later one, for those who don't see the screen; empty if nothing did. */
export function newsOf(before: SessionView, now: SessionView): string {
  return [...comings(before, now), ...requests(before, now), ...standing(before, now)].join(" ");
}

function comings(before: SessionView, now: SessionView): string[] {
  const [gone, came] = [missingFrom(now, before), missingFrom(before, now)];
  const present = now.participants.length;
  const total = Math.max(now.proposal?.participants ?? 0, present);
  return [
    ...(gone.length > 0 ? [m.news.left(gone, present, total)] : []),
    ...(came.length > 0 ? [m.news.joined(came, present, total)] : []),
  ];
}

/** The names of those in `session` who are not in `other`. */
function missingFrom(other: SessionView, session: SessionView): string[] {
  const there = new Set(other.participants.map(({ device }) => device.id));
  return session.participants.filter(({ device }) => !there.has(device.id)).map(({ device }) => device.name);
}

function requests(before: SessionView, now: SessionView): string[] {
  const old = new Set(before.requests.map(({ id }) => id));
  const names = now.requests.filter(({ id }) => !old.has(id)).map(({ device }) => device.name);
  return names.length > 0 ? [m.news.asks(names)] : [];
}

function standing(before: SessionView, now: SessionView): string[] {
  const text = said(now);
  return text === "" || text === said(before) ? [] : [text];
}

/** Where a session stands, without what changes all the time. */
function said({ state, creator }: SessionView): string {
  switch (state.state) {
    case "waiting":
      return waiting(state.waitingFor, creator);
    case "inProgress": {
      const { name } = m.session.round[state.round];
      return `${m.session.progress.step(roundOrder.indexOf(state.round) + 1, roundOrder.length)}: ${name}.`;
    }
    case "completed":
      return `${m.session.completed.title}.`;
    case "failed": {
      const title = state.unfinishedWallet === null ? m.session.failed.title : m.session.failed.unfinishedTitle;
      return `${title}. ${errorText(state.error)}`;
    }
    default:
      return unreachable(state);
  }
}

function waiting({ kind }: WaitingFor, creator: boolean): string {
  switch (kind) {
    case "server":
      return `${m.session.waiting.server}.`;
    case "creator":
      return `${m.session.waiting.creator}.`;
    case "consent":
      return m.session.consent.title;
    case "participants":
      return creator ? "" : m.session.waiting.presentText;
    default:
      return unreachable(kind);
  }
}

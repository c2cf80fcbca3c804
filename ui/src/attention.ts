import type { RequestView } from "./bindings/RequestView";
import type { Snapshot } from "./bindings/Snapshot";
import { failureTone, sessionTitle } from "./components/labels";
import { errorText, m } from "./messages";
import { isRefused, needsAnswer, sessionIn, unsentProblem } from "./navigation";

/** Something that its user should hear of while looking elsewhere. */
export interface News {
  title: string;
  body: string;
}

/** What happened between two states that needs the user, or that the user waits for. */
export function attention(before: Snapshot, now: Snapshot): News[] {
  if (before.keystore.status.state === "locked" || now.keystore.status.state === "locked") return [];
  const news: News[] = [];
  for (const session of now.sessions) {
    const was = sessionIn(before, session.key);
    const name = sessionTitle(session);
    for (const request of session.requests) {
      if (was?.requests.some(({ id }) => id === request.id)) continue;
      news.push({ title: m.notification.request(request.device.name), body: m.notification.requestText(name) });
    }
    const { state } = session;
    if (was?.state.state !== state.state) {
      if (state.state === "completed") news.push({ title: m.notification.completed(name), body: m.notification.completedText });
      if (state.state === "failed" && failureTone(state.error) === "danger") {
        news.push({ title: m.notification.failed(name), body: errorText(state.error) });
      }
    }
    const asks = state.state === "waiting" && state.waitingFor.kind === "consent";
    const asked = was?.state.state === "waiting" && was.state.waitingFor.kind === "consent";
    if (asks && !asked) news.push({ title: m.notification.consent(name), body: m.notification.consentText });
  }
  for (const { id, state, proposal } of now.asked) {
    if (state.state !== "admitted") continue;
    const earlier = before.asked.find((asked) => asked.id === id);
    if (earlier?.state.state === "waiting") {
      news.push({ title: m.notification.admitted(proposal.name), body: m.notification.admittedText });
    }
  }
  for (const request of now.requests) {
    const was = before.requests.find(({ id }) => id === request.id);
    const wallet = now.wallets.find(({ id }) => id === request.wallet)?.name ?? "";
    if (was) news.push(...ofRequest(was, request, wallet));
    else if (!request.own && needsAnswer(request)) {
      news.push({ title: m.notification.sign(request.proposer.name), body: m.notification.signText(wallet) });
    }
  }
  return news;
}

/** What became of a request that its user made or approved. */
function ofRequest(was: RequestView, now: RequestView, wallet: string): News[] {
  const { own, state, proposer } = now;
  if (!own && now.decision !== "approved") return [];
  const { request } = m.notification.ended;
  const news: News[] = [];
  if (was.state.state === "open") {
    if (own && state.state === "signed") news.push({ title: m.notification.signed(wallet), body: m.notification.signedText });
    if (own && isRefused(now) && !isRefused(was)) news.push({ title: request(wallet), body: m.notification.ended.refused });
    if (state.state === "expired") news.push({ title: request(wallet), body: m.requests.state.expired });
    if (!own && state.state === "cancelled") news.push({ title: request(wallet), body: m.requests.state.cancelled(proposer.name) });
    if (!own && state.state === "superseded") news.push({ title: request(wallet), body: m.requests.state.superseded(proposer.name) });
  }
  if (now.problem && !was.problem) news.push({ title: request(wallet), body: errorText(now.problem) });
  const failed = paymentProblem(now);
  if (failed !== undefined && paymentProblem(was) === undefined) news.push({ title: m.notification.ended.payment(wallet), body: failed });
  return news;
}

/** Why a signed payment did not go through, or not yet. */
function paymentProblem(request: RequestView): string | undefined {
  const unsent = unsentProblem(request);
  if (unsent) return errorText(unsent);
  if (request.meaning.kind !== "solana") return undefined;
  const transfer = request.meaning.transfer?.state;
  if (transfer?.state === "failed") return errorText(transfer.error);
  return transfer?.state === "expired" ? m.transfer.expired : undefined;
}

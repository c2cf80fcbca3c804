import type { Snapshot } from "./bindings/Snapshot";
import { failureTone, sessionTitle } from "./components/labels";
import { errorText, m } from "./messages";
import { needsAnswer, sessionIn } from "./navigation";

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
    if (!was && !request.own && needsAnswer(request)) {
      news.push({ title: m.notification.sign(request.proposer.name), body: m.notification.signText(wallet) });
    }
    if (request.own && was?.state.state === "open" && request.state.state === "signed") {
      news.push({ title: m.notification.signed(wallet), body: m.notification.signedText });
    }
  }
  return news;
}

import type { RequestView } from "../../bindings/RequestView";
import type { SessionView } from "../../bindings/SessionView";
import type { Snapshot } from "../../bindings/Snapshot";
import type { WalletView } from "../../bindings/WalletView";
import type { IconName } from "../../components/Icon.svelte";
import { sessionTitle } from "../../components/labels";
import { errorText, m } from "../../messages";
import { isRefused, needsAnswer, type Route, unsentProblem } from "../../navigation";

/** Something that its user should see to, with the one thing to do about it. */
export interface Need {
  key: string;
  icon: IconName;
  tone: "danger" | "warning" | "info";
  title: string;
  text: string;
  /** None where there is nothing that the app could do. */
  action?: { text: string; route: Route };
}

/** What needs the user, the most urgent first: who waits for an answer, then money at risk, then the rest. */
export function needs(snapshot: Snapshot): Need[] {
  return [
    ...snapshot.sessions.flatMap(ofSession),
    ...snapshot.requests.flatMap((request) => ofRequest(request, snapshot.wallets)),
    ...snapshot.problems.map<Need>((problem, index) => ({
      key: `problem ${index}`,
      icon: "warning",
      tone: "danger",
      title: m.home.need.problem,
      text: errorText(problem),
    })),
    ...snapshot.wallets.flatMap(ofWallet),
    ...ofServer(snapshot),
  ];
}

function ofSession(session: SessionView): Need[] {
  const { key, state, proposal, requests } = session;
  const route: Route = { screen: "session", key };
  const found = requests.map<Need>(({ id, device }) => ({
    key: `request ${id}`,
    icon: "person",
    tone: "info",
    title: m.home.need.request(device.name),
    text: m.home.need.requestText(sessionTitle(session)),
    action: { text: m.home.need.requestAction, route },
  }));
  if (state.state === "waiting" && state.waitingFor.kind === "consent" && proposal) {
    found.unshift({
      key: `consent ${key}`,
      icon: "signature",
      tone: "info",
      title: m.home.need.consent(sessionTitle(session)),
      text: m.home.need.consentText(proposal.by.name),
      action: { text: m.home.need.consentAction, route },
    });
  }
  return found;
}

function ofRequest(request: RequestView, wallets: readonly WalletView[]): Need[] {
  const { id, own, proposer, wallet, problem, decision } = request;
  const name = wallets.find((each) => each.id === wallet)?.name ?? "";
  const action = { text: m.home.need.signAction, route: { screen: "requests", id } } as const;
  if (needsAnswer(request)) {
    const title = own ? m.home.need.signOwn(name) : m.home.need.sign(proposer.name, name);
    return [{ key: `sign ${id}`, icon: "signature", tone: "info", title, text: m.home.need.signText, action }];
  }
  const unsent = unsentProblem(request);
  if (unsent) {
    return [{ key: `unsent ${id}`, icon: "send", tone: "warning", title: m.home.need.unsent(name), text: errorText(unsent), action }];
  }
  if (problem && decision === "approved") {
    return [{ key: `unable ${id}`, icon: "signature", tone: "warning", title: m.home.need.unable(name), text: errorText(problem), action }];
  }
  if (own && isRefused(request)) {
    return [{ key: `refused ${id}`, icon: "signature", tone: "warning", title: m.home.need.refused(name), text: m.home.need.refusedText, action }];
  }
  return [];
}

function ofWallet({ id, name, status }: WalletView): Need[] {
  const route: Route = { screen: "wallet", id };
  switch (status.state) {
    case "active":
      if (status.verified) return [];
      return [
        {
          key: `unverified ${id}`,
          icon: "shieldAlert",
          tone: "warning",
          title: m.home.need.unverified(name),
          text: m.home.need.unverifiedText,
          action: { text: m.home.need.unverifiedAction, route },
        },
      ];
    case "unfinished":
      return [
        {
          key: `unfinished ${id}`,
          icon: "clock",
          tone: "warning",
          title: m.home.need.unfinished(name),
          text: m.wallet.unfinishedAdvice(status.missing),
          action: { text: m.home.need.unfinishedAction, route },
        },
      ];
    case "unusable":
      return [
        {
          key: `unusable ${id}`,
          icon: "warning",
          tone: "danger",
          title: m.home.need.unusable(name),
          text: errorText(status.error),
          action: { text: m.home.need.unusableAction, route },
        },
      ];
    // Its owner has decided already, and its card says it.
    case "quarantined":
      return [];
  }
}

function ofServer({ server, hosting, wallets, sessions }: Snapshot): Need[] {
  const route: Route = { screen: "settings", section: "network" };
  const found: Need[] = [];
  if (hosting.state === "failed") {
    found.push({
      key: "hosting",
      icon: "server",
      tone: "danger",
      title: m.home.need.hosting,
      text: errorText(hosting.error),
      action: { text: m.home.need.connectionAction, route },
    });
  }
  // Wallets and sessions know where they meet.
  const meets = wallets.length > 0 || sessions.some(({ endedAt }) => endedAt === null);
  if (server.url === null && !meets) {
    found.push({
      key: "server",
      icon: "server",
      tone: "warning",
      title: m.home.need.server,
      text: m.home.need.serverText,
      action: { text: m.home.need.serverAction, route },
    });
  } else if (server.status.state === "waiting") {
    found.push({
      key: "connection",
      icon: "server",
      tone: "warning",
      title: m.home.need.connection,
      text: m.home.need.connectionText,
      action: { text: m.home.need.connectionAction, route },
    });
  }
  return found;
}

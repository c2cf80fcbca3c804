import { render, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { BackendError, provideBackend } from "../src/backend";
import { FakeBackend } from "../src/backend/fake";
import { signedMessage, signedTransaction, spendView } from "../src/backend/requestSamples";
import { snapshot } from "../src/backend/samples";
import Result from "../src/flows/sign/Result.svelte";
import TransactionResult from "../src/flows/sign/TransactionResult.svelte";

const unreachable = new BackendError("internal", "The device does not answer.");

/** Shows what came of a request, with a backend that can be told what to answer when it is asked again. */
const shown = [
  ["message", "signedMessage", signedMessage(), "signature", (backend: FakeBackend) => {
    const { rerender } = render(((anchor, props) => {
      provideBackend(backend);
      return Result(anchor, props);
    }) as typeof Result, { request: "q1", fileName: "signed.json" });
    return (request: string) => rerender({ request });
  }],
  ["transaction", "signedTransaction", signedTransaction(), "raw-transaction", (backend: FakeBackend) => {
    const { rerender } = render(((anchor, props) => {
      provideBackend(backend);
      return TransactionResult(anchor, props);
    }) as typeof TransactionResult, { request: "q1", spend: spendView(), wallet: undefined, fileName: "transaction.txt", go: () => Promise.resolve() });
    return (request: string) => rerender({ request });
  }],
] as const;

describe("what came of a signed request", () => {
  it.each(shown)("for a %s is shown without the error of asking again", async (_, command, answer, testid, show) => {
    const backend = new FakeBackend(snapshot());
    backend.answer(command, answer);
    const ask = show(backend);
    await screen.findByTestId(testid);
    backend.answer(command, unreachable);
    await ask("q1 again");
    await new Promise((done) => setTimeout(done));
    expect(screen.getByTestId(testid)).toBeInTheDocument();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it.each(shown)("for a %s takes the place of the error that came first", async (_, command, answer, testid, show) => {
    const backend = new FakeBackend(snapshot());
    backend.answer(command, unreachable);
    const ask = show(backend);
    expect(await screen.findByRole("alert")).toHaveTextContent(unreachable.message);
    backend.answer(command, answer);
    await ask("q1 again");
    await screen.findByTestId(testid);
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  });
});

import { screen } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";

import { BackendError } from "../src/backend";
import { settings, wallet } from "../src/backend/samples";
import { day, errorText, m, minutes, setLanguage } from "../src/messages";
import { home, open } from "./app";

beforeEach(() => setLanguage("system"));

describe("the language", () => {
  it("is the chosen one, for everything that is shown and for whoever reads it aloud", async () => {
    const { backend } = open(home, { wallets: [wallet()], settings: settings({ language: "de" }) });
    expect(await screen.findByRole("heading", { level: 1, name: "Übersicht" })).toBeVisible();
    expect(screen.getByRole("link", { name: "Einstellungen" })).toBeVisible();
    expect(document.documentElement.lang).toBe("de");
    backend.publish({ settings: settings({ language: "en" }) });
    expect(await screen.findByRole("heading", { level: 1, name: "Home" })).toBeVisible();
    expect(document.documentElement.lang).toBe("en");
  });

  it("changes in the settings without leaving them", async () => {
    const { user } = open({ screen: "settings" });
    await user.selectOptions(await screen.findByLabelText("Language"), "Deutsch");
    expect(await screen.findByLabelText("Sprache")).toHaveValue("de");
    expect(screen.getByRole("heading", { level: 1, name: "Einstellungen" })).toBeVisible();
  });

  it("is told to the system's menus", async () => {
    const { backend } = open(home, { settings: settings({ language: "de" }) });
    await screen.findByRole("heading", { level: 1, name: "Übersicht" });
    const labels = backend.background.filter(([command]) => command === "setLabels").at(-1)?.[1];
    expect(labels).toMatchObject({ home: "Übersicht", quit: "Permafrost beenden" });
  });

  it("formats days, times and lists", () => {
    const date = Date.UTC(2026, 4, 17, 12);
    expect([day(date), minutes(15)]).toEqual(["May 17, 2026", "15 minutes"]);
    setLanguage("de");
    expect([day(date), minutes(15)]).toEqual(["17. Mai 2026", "15 Minuten"]);
    expect(m.session.progress.waitingFor(["Anna", "Ben", "Cem"])).toContain("Anna, Ben und Cem");
  });
});

describe("an error", () => {
  const error = new BackendError("wrong", "That is not the passphrase.", [{ id: "wrongPassphrase", values: {} }]);

  it("says in English what the device says", () => {
    expect(errorText(error)).toBe("That is not the passphrase.");
  });

  it("is said in German by its parts, with their values", () => {
    setLanguage("de");
    expect(errorText(error)).toMatch(/^Das ist nicht die Passphrase\./);
    const silent = new BackendError("silent", "“bob” and “Eve” did not answer.", [
      { id: "silent", values: { names: "bob\nEve" } },
      { id: "nothingLost", values: {} },
    ]);
    expect(errorText(silent)).toBe(
      "„bob“ und „Eve“ haben nicht rechtzeitig geantwortet. Es ist keine Wallet entstanden, und Geld ist nicht betroffen.",
    );
  });

  it("stays English where this window does not know a part, rather than lose some of it", () => {
    setLanguage("de");
    const unknown = { code: "x", message: "Something new.", parts: [{ id: "fromTheFuture", values: {} }] };
    expect(errorText(unknown as never)).toBe("Something new.");
  });
});

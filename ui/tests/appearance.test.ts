import { screen } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";

import { remembered } from "../src/appearance";
import { settings } from "../src/backend/samples";
import { home, open } from "./app";

const theme = () => document.documentElement.dataset.theme;

beforeEach(() => localStorage.clear());

describe("the theme", () => {
  it("is the chosen one, and the system's when none is chosen", async () => {
    const { backend } = open(home, { settings: settings({ theme: "dark" }) });
    await screen.findByRole("heading", { level: 1 });
    expect(theme()).toBe("dark");
    backend.publish({ settings: settings({ theme: "system" }) });
    await expect.poll(theme).toBe("light");
  });

  it("is remembered for the next start", async () => {
    open(home, { settings: settings({ theme: "dark", language: "en" }) });
    await screen.findByRole("heading", { level: 1 });
    expect(remembered()).toEqual({ theme: "dark", language: "en" });
  });

  it("of last time is unknown when the memory makes no sense", () => {
    localStorage.setItem("appearance", "{");
    expect(remembered()).toEqual({ theme: "system", language: "system" });
  });
});

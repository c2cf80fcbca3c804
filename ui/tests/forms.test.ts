import { describe, expect, it } from "vitest";

import { consequences, type CreateForm, emptyForm, parse } from "../src/flows/create/form";
import { checkDeviceName, checkPassphrase, checkServer } from "../src/components/forms";
import { m } from "../src/messages";

const form = (change: Partial<CreateForm>): CreateForm => ({ ...emptyForm, name: "Savings", ...change });
const errors = (change: Partial<CreateForm>) => {
  const parsed = parse(form(change));
  return "errors" in parsed ? parsed.errors : {};
};

describe("what a threshold means", () => {
  it("for 2 of 3: one may be lost, two that meet control it", () => {
    expect(consequences(2, 3)).toEqual([
      "Any 2 of the 3 devices can sign together; 1 alone cannot.",
      "Up to 1 device may be lost. If 2 are lost, what the wallet holds is lost for good.",
      "Whoever gets hold of 2 of the devices controls the wallet.",
    ]);
  });

  it("for 4 of 7: three can't sign, three may be lost", () => {
    expect(consequences(4, 7)).toEqual([
      "Any 4 of the 7 devices can sign together; 3 together cannot.",
      "Up to 3 devices may be lost. If 4 are lost, what the wallet holds is lost for good.",
      "Whoever gets hold of 4 of the devices controls the wallet.",
    ]);
  });

  it("for all of them: none may be lost", () => {
    expect(consequences(3, 3).slice(0, 2)).toEqual([
      "All 3 devices are needed to sign.",
      "If a single device is lost, what the wallet holds is lost for good.",
    ]);
  });

  it.each([
    [1, 3],
    [4, 3],
    [2, 1],
    [2, 51],
    [null, 3],
    [2, null],
    [2.5, 3],
  ])("is not said of %s of %s", (threshold, participants) => {
    expect(consequences(threshold, participants)).toEqual([]);
  });
});

describe("the form for a wallet", () => {
  it("becomes a request, with the spaces around the name gone", () => {
    expect(parse(form({ name: "  Savings ", ciphersuite: "ed25519", participants: 5, threshold: 3, announce: true }))).toEqual({
      request: { name: "Savings", ciphersuite: "ed25519", participants: 5, threshold: 3, announce: true },
    });
  });

  it("wants a name", () => {
    expect(errors({ name: "   " })).toEqual({ name: m.create.nameMissing });
  });

  it("counts characters as people do", () => {
    expect(errors({ name: "❄".repeat(60) })).toEqual({});
    expect(errors({ name: "🧊".repeat(60) })).toEqual({});
    expect(errors({ name: "a".repeat(61) })).toEqual({ name: m.create.nameTooLong(60) });
  });

  it.each([[1], [51], [null], [2.5]])("refuses %s devices", (participants) => {
    expect(errors({ participants })).toEqual({ participants: m.create.peopleRange(2, 50) });
  });

  it.each([[1], [4], [null]])("refuses a threshold of %s among 3", (threshold) => {
    expect(errors({ threshold })).toEqual({ threshold: m.create.thresholdRange(3) });
  });
});

describe("the other fields", () => {
  it("a server's address is a WebSocket's", () => {
    expect(checkServer(" wss://signal.example.org ")).toBeUndefined();
    expect(checkServer("ws://127.0.0.1:9710")).toBeUndefined();
    expect(checkServer("")).toBe(m.server.missing);
    for (const wrong of ["signal.example.org", "https://example.org", "wss://", "wss:// x"]) {
      expect(checkServer(wrong), wrong).toBe(m.server.malformed);
    }
  });

  it("a device has a name", () => {
    expect(checkDeviceName("alice")).toBeUndefined();
    expect(checkDeviceName("  ")).toBe(m.device.nameMissing);
  });

  it("a fresh vault's passphrase is long enough and typed twice", () => {
    expect(checkPassphrase("", "")).toEqual({ passphrase: m.keystore.passphraseMissing });
    expect(checkPassphrase("short", "short")).toEqual({ passphrase: m.keystore.passphraseShort(8) });
    expect(checkPassphrase("long enough", "long enouhg")).toEqual({ repeat: m.keystore.passphraseDiffers });
    expect(checkPassphrase("long enough", "long enough")).toEqual({});
  });

  it("an existing vault's passphrase is whatever it was", () => {
    expect(checkPassphrase("x", undefined)).toEqual({});
  });
});

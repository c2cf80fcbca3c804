import { describe, expect, it } from "vitest";

import { checkDeviceName, checkPassphrase, checkServer } from "../src/components/forms";
import { m } from "../src/messages";

describe("fields", () => {
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

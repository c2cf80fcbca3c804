import type { BrowserContext } from "@playwright/test";

import { type Pixels, textIn } from "../src/components/qr/code";
import { expect, test } from "./device";

for (const [entry, type] of [
  ["QR code as a picture (PNG)", "image/png"],
  ["QR code as a drawing (SVG)", "image/svg+xml"],
] as const) {
  test(`a file with the ${entry} holds the address that is shown`, async ({ app, page, context }) => {
    await app.open("verified", "#/wallet/w1");
    const address = ((await page.getByTestId("address").textContent()) ?? "").replaceAll(/\s/gu, "");
    await page.getByRole("button", { name: "Save address" }).click();
    await page.getByRole("menuitem", { name: entry }).click();
    const command = type === "image/png" ? "saveFile" : "saveText";
    await app.called(command);
    const content = await page.evaluate((command) => {
      const [, , content] = globalThis.fakeBackend.calls.findLast(([name]) => name === command) ?? [];
      return [...(typeof content === "string" ? new TextEncoder().encode(content) : (content as Uint8Array))];
    }, command);
    expect(textIn(await opened(context, Buffer.from(content), type))).toBe(address);
  });
}

/** Large enough for every square of a code, and quick to search. */
const edge = 480;

/** The pixels of a picture that another page opens, to which the app's content policy means nothing. */
async function opened(context: BrowserContext, content: Buffer, type: string): Promise<Pixels> {
  const viewer = await context.newPage();
  const shades = await viewer.evaluate(
    async ([url, edge]) => {
      const picture = new Image();
      picture.src = url;
      await picture.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: edge, height: edge });
      const context = canvas.getContext("2d");
      context?.drawImage(picture, 0, 0, edge, edge);
      const pixels = context?.getImageData(0, 0, edge, edge).data ?? new Uint8ClampedArray();
      return Array.from({ length: edge * edge }, (_, at) => ((pixels[at * 4] ?? 0) < 128 ? "0" : "1")).join("");
    },
    [`data:${type};base64,${content.toString("base64")}`, edge] as const,
  );
  const data = new Uint8ClampedArray(edge * edge * 4).fill(255);
  [...shades].forEach((shade, at) => data.fill(shade === "0" ? 0 : 255, at * 4, at * 4 + 3));
  return { width: edge, height: edge, data };
}

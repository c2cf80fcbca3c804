import { render, screen } from "@testing-library/svelte";
import encodeQR from "qr";
import { afterEach, describe, expect, it, vi } from "vitest";

import { drawingOf, type Pixels, textIn } from "../src/components/qr/code";
import { limits, PictureError, scaleOf, textInPicture } from "../src/components/qr/picture";
import Qr from "../src/components/qr/Qr.svelte";

const link = "permafrost:join/pf1qy352eutjq0z4u5gpdxsuw6v3m8lne2hyrcka79tfw0d3sg5q8";

/** The pixels of a drawing's path, `scale` pixels a square, with colours and noise as told. */
function painted(path: string, size: number, scale = 4, dark = 0, light = 255): Pixels {
  const width = size * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(light);
  const fill = (x: number, y: number) => data.fill(dark, (y * width + x) * 4, (y * width + x) * 4 + 3);
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let dx = 0; dx < Number(run) * scale; dx++) {
      for (let dy = 0; dy < scale; dy++) fill(Number(x) * scale + dx, Number(y) * scale + dy);
    }
  }
  return { width, height: width, data };
}

/** The first bytes of a PNG that claims a size. */
function png(width: number, height: number, bytes = 64): Blob {
  const view = new DataView(new ArrayBuffer(bytes));
  [0x89504e47, 0x0d0a1a0a, 13, 0x49484452, width, height].forEach((word, index) => view.setUint32(index * 4, word));
  return new Blob([view.buffer], { type: "image/png" });
}

describe("a code that is drawn", () => {
  it.each([link, "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr", `permafrost:join/pf1${"q".repeat(430)}`])(
    "is read again as %s",
    (text) => {
      const { path, size } = drawingOf(text);
      expect(textIn(painted(path, size))).toBe(text);
    },
  );

  it("keeps the margin that readers need", () => {
    const { path, size } = drawingOf(link);
    const xs = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map(([, x, , run]) => [Number(x), Number(x) + Number(run)]);
    expect(Math.min(...xs.map(([from]) => from ?? 0))).toBe(4);
    expect(Math.max(...xs.map(([, to]) => to ?? 0))).toBe(size - 4);
  });

  it("is a picture with a name", () => {
    render(Qr, { text: link, label: "Session ID as a code" });
    expect(screen.getByRole("img", { name: "Session ID as a code" }).querySelector("path")).toHaveAttribute("d", drawingOf(link).path);
  });
});

describe("a code that is read", () => {
  it("may be light on dark, or pale", () => {
    const { path, size } = drawingOf(link);
    expect(textIn(painted(path, size, 4, 230, 20))).toBe(link);
    expect(textIn(painted(path, size, 3, 110, 190))).toBe(link);
  });

  it("may be of another make", () => {
    const rows = encodeQR(link, "raw", { ecc: "high", border: 2, mask: 3 });
    const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
    expect(textIn(painted(path, rows.length, 5))).toBe(link);
  });

  it("is none in an empty picture or in noise", () => {
    expect(textIn({ width: 300, height: 300, data: new Uint8ClampedArray(300 * 300 * 4).fill(255) })).toBeUndefined();
    let seed = 7;
    const noise = new Uint8ClampedArray(200 * 200 * 4).map(() => (seed = (seed * 16807) % 2147483647) & 255);
    expect(textIn({ width: 200, height: 200, data: noise })).toBeUndefined();
  });
});

describe("a picture", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** A window that opens every picture as `pixels`. */
  function opening(pixels: Pixels) {
    const open = vi.fn(async () => ({ width: pixels.width, height: pixels.height, close: () => undefined }));
    vi.stubGlobal("createImageBitmap", open);
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue({
      fillRect: () => undefined,
      drawImage: () => undefined,
      getImageData: () => pixels,
    } as unknown as GPUCanvasContext);
    return open;
  }

  it("gives the text of its code", async () => {
    const { path, size } = drawingOf(link);
    opening(painted(path, size));
    await expect(textInPicture(png(500, 500))).resolves.toBe(link);
  });

  it("without a code says so", async () => {
    opening({ width: 100, height: 100, data: new Uint8ClampedArray(100 * 100 * 4).fill(255) });
    await expect(textInPicture(png(500, 500))).rejects.toEqual(new PictureError("noCode"));
  });

  it.each([
    ["has too many bytes", () => png(500, 500, limits.bytes + 1)],
    ["claims to be too wide", () => png(limits.edge + 1, 10)],
    ["claims to be too high", () => png(10, 4_000_000_000)],
  ])("that %s is refused unopened", async (_, file) => {
    const open = opening(painted("", 10));
    await expect(textInPicture(file())).rejects.toEqual(new PictureError("tooLarge"));
    expect(open).not.toHaveBeenCalled();
  });

  it("that turns out larger than it claims is refused too", async () => {
    opening({ width: limits.edge + 1, height: 10, data: new Uint8ClampedArray() });
    await expect(textInPicture(png(500, 500))).rejects.toEqual(new PictureError("tooLarge"));
  });

  it("that is none is told from one without a code", async () => {
    const open = opening(painted("", 10));
    await expect(textInPicture(new Blob(["not a picture"]))).rejects.toEqual(new PictureError("unreadable"));
    expect(open).not.toHaveBeenCalled();
    open.mockRejectedValue(new DOMException("broken"));
    await expect(textInPicture(png(500, 500))).rejects.toEqual(new PictureError("unreadable"));
  });

  it.each([
    [8_000, 0.3],
    [2_400, 1],
    [600, 1],
    [45, 14],
    [1, 600],
  ])("whose longer edge is %i is searched at %f of its size", (edge, factor) => {
    expect(scaleOf(edge)).toBe(factor);
  });
});

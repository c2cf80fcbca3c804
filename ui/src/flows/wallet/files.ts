import { type QrDrawing, drawingOf } from "../../components/qr/code";

/** Dark on light, as readers expect it. */
const dark = "#000000";
const light = "#ffffff";
/** A picture is large enough to be printed on a sheet of paper. */
const leastEdge = 1_024;

/** A name for a file about the wallet: its own name, without what file systems dislike. */
export function fileName(wallet: string, suffix: string): string {
  const plain = wallet.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
  return `${plain || "wallet"}-${suffix}`;
}

/** The QR code of `text` as an SVG document. */
export function qrSvg(text: string): string {
  const { size, path } = drawingOf(text);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<rect width="${size}" height="${size}" fill="${light}"/><path d="${path}" fill="${dark}"/></svg>\n`
  );
}

/** The QR code of `text` as the bytes of a PNG file. */
export async function qrPng(text: string): Promise<Uint8Array> {
  const canvas = drawn(drawingOf(text));
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("the picture could not be made");
  return new Uint8Array(await blob.arrayBuffer());
}

function drawn({ size, path }: QrDrawing): HTMLCanvasElement {
  const scale = Math.ceil(leastEdge / size);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * scale;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the picture could not be made");
  context.fillStyle = light;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  context.fillStyle = dark;
  context.fill(new Path2D(path));
  return canvas;
}

import { imageDimensionsFromData } from "image-dimensions";

import { type Pixels, textIn } from "./code";

/** What a picture is refused for before it is opened. */
export const limits = { bytes: 20 * 1024 * 1024, edge: 8_000 } as const;

/** Pictures are searched at about this size: a code in a photograph is still sharp, and the search short. */
const searchedEdge = 2_400;
/** Smaller ones are enlarged: a square of a code must be more than a pixel or two. */
const enlargedBelow = 600;

/** Why no text came out of a picture. */
export type PictureProblem = "tooLarge" | "unreadable" | "noCode";

export class PictureError extends Error {
  constructor(readonly problem: PictureProblem) {
    super(problem);
    this.name = "PictureError";
  }
}

/** The text of the QR code in a picture; rejects with a [`PictureError`] and with nothing else. */
export async function textInPicture(file: Blob): Promise<string> {
  if (file.size > limits.bytes) throw new PictureError("tooLarge");
  const pixels = await pixelsOf(file);
  const text = textIn(pixels);
  if (text === undefined) throw new PictureError("noCode");
  return text;
}

async function pixelsOf(file: Blob): Promise<Pixels> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    // The header is read first: a small file may claim to be a picture that fills the memory.
    const claimed = imageDimensionsFromData(bytes);
    if (!claimed) throw new PictureError("unreadable");
    refuseLarge(claimed);
    const picture = await createImageBitmap(file);
    try {
      refuseLarge(picture);
      return drawn(picture);
    } finally {
      picture.close();
    }
  } catch (cause) {
    throw cause instanceof PictureError ? cause : new PictureError("unreadable");
  }
}

function refuseLarge({ width, height }: { width: number; height: number }) {
  if (Math.max(width, height) > limits.edge) throw new PictureError("tooLarge");
}

function drawn(picture: ImageBitmap): Pixels {
  const factor = scaleOf(Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * factor));
  canvas.height = Math.max(1, Math.round(picture.height * factor));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new PictureError("unreadable");
  context.imageSmoothingEnabled = factor < 1;
  context.imageSmoothingQuality = "high";
  // Codes are often saved with a see-through background.
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** By how much a picture whose longer edge is `edge` is scaled before it is searched. */
export function scaleOf(edge: number): number {
  if (edge > searchedEdge) return searchedEdge / edge;
  return edge < enlargedBelow ? Math.ceil(enlargedBelow / Math.max(1, edge)) : 1;
}

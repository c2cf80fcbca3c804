import encodeQR from "qr";
import decodeQR from "qr/decode.js";

/** A code as the path of its dark squares, drawn in a square of `size` by `size` units. */
export interface QrDrawing {
  size: number;
  path: string;
}

/** The pixels of a picture, as a canvas gives them. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** The margin that readers need around a code, in its squares (ISO/IEC 18004). */
const quietZone = 4;
/** How long a picture may be searched, since nothing else happens meanwhile. */
const searchTime = 1_500;

export function drawingOf(text: string): QrDrawing {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: quietZone });
  return { size: rows.length, path: rows.map(runs).join("") };
}

/** The text of the code in `pixels`; none if there is no code that can be read. */
export function textIn(pixels: Pixels): string | undefined {
  try {
    return decodeQR(pixels, { format: "RGBA", effort: Number.POSITIVE_INFINITY, timeLimit: searchTime });
  } catch {
    return undefined;
  }
}

/** The dark squares of a row, those side by side as one rectangle. */
function runs(row: readonly boolean[], y: number): string {
  let path = "";
  for (let x = 0; x < row.length; x++) {
    const start = x;
    while (row[x]) x++;
    if (x > start) path += `M${start} ${y}h${x - start}v1h${start - x}z`;
  }
  return path;
}

/** Colour to grey: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded, as Pillow's mode "L" has it. */

/** One grey plane of three colour planes. */
export function lumaOf(planes: Uint8Array, area: number): Uint8Array {
  const luma = new Uint8Array(area);
  for (let pixel = 0; pixel < area; pixel++)
    luma[pixel] = Math.round(
      (299 * planes[pixel] + 587 * planes[area + pixel] + 114 * planes[2 * area + pixel]) / 1000,
    );
  return luma;
}

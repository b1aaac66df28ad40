/** Numbers as nodes show them. */

/** "2,048", "524 k", "1.25 M": three figures at most beyond ten thousand. */
export function countText(count: number): string {
  if (count < 10_000) return grouped(count);
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
  ] as const)
    if (count >= size * 0.9995) return `${threeFigures(count / size)} ${unit}`;
  return `${threeFigures(count / 1e3)} k`;
}

/** Thousands apart: "1,254,400". */
export const grouped = (count: number): string => count.toLocaleString("en-US");

const threeFigures = (value: number): string => String(Number(value.toPrecision(3)));

/** The sign of a type: its shape says what its colour says, so that neither is needed alone. */
import type { PortKind } from "../../core/kind/ports.ts";

/** The custom property that holds a type's colour. */
export const colourOf = (kind: PortKind | null): string => (kind === null ? "var(--faint)" : `var(--${colours[kind]})`);

const colours = {
  image: "image",
  vector: "vector",
  label: "label",
  tokens: "tokens",
  embedded: "tokens",
  loss: "loss",
} as const satisfies Record<PortKind, string>;

/** Outlines in a square of 10 pixels: square image, round vector, diamond label, hexagon tokens, bar embedded, triangle loss. */
const outlines = {
  image: "M1.5 1.5h7v7h-7z",
  vector: "M5 1a4 4 0 1 1 0 8a4 4 0 1 1 0-8z",
  label: "M5 .3L9.7 5L5 9.7L.3 5z",
  tokens: "M2.8 1h4.4L9.6 5L7.2 9H2.8L.4 5z",
  embedded: "M.8 2.5h8.4v5H.8z",
  loss: "M1.6 .8L9.4 5L1.6 9.2z",
} as const satisfies Record<PortKind, string>;

/** Where it may be one of several. */
const several = "M5 2.6a2.4 2.4 0 1 1 0 4.8a2.4 2.4 0 1 1 0-4.8z";

export const PortGlyph = ({ kind, hollow }: { readonly kind: PortKind | null; readonly hollow?: boolean }) => (
  <svg width="12" height="12" viewBox="-1 -1 12 12" aria-hidden="true">
    <path
      d={kind ? outlines[kind] : several}
      fill={hollow ? "var(--raised)" : "currentColor"}
      stroke={hollow ? "currentColor" : "var(--raised)"}
      strokeWidth="1.6"
      strokeLinejoin="round"
      paintOrder="stroke"
    />
  </svg>
);

/** The figures' colours and measures. Colour says what type of value flows; all else is ink and paper. */
import type { PortKind } from "../../core/kind/ports.ts";

export const themeNames = ["light", "dark", "print"] as const;
export type ThemeName = (typeof themeNames)[number];

export interface Theme {
  readonly paper: string;
  readonly card: string;
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly flow: Readonly<Record<PortKind, string>>;
}

const onLight = {
  image: "#6d5ef6",
  vector: "#0e9f8e",
  label: "#c77a0a",
  tokens: "#2f7fd6",
  embedded: "#2f7fd6",
  loss: "#d6456b",
};

export const themes: Readonly<Record<ThemeName, Theme>> = {
  light: { paper: "#f6f6f8", card: "#ffffff", line: "#dcdce4", ink: "#1b1b22", muted: "#62626f", flow: onLight },
  dark: {
    paper: "#131318",
    card: "#21212a",
    line: "#3a3a48",
    ink: "#ececf2",
    muted: "#a4a4b3",
    flow: {
      image: "#9a8dff",
      vector: "#3fd0bd",
      label: "#f0ae4a",
      tokens: "#6cb2f5",
      embedded: "#6cb2f5",
      loss: "#ff7c9c",
    },
  },
  print: { paper: "#ffffff", card: "#ffffff", line: "#000000", ink: "#000000", muted: "#333333", flow: onLight },
};

/** Sizes of text in pixels. */
export const sizes = { small: 11, plain: 12, strong: 13, title: 15 } as const;
/** Around the figure. */
export const margin = 24;

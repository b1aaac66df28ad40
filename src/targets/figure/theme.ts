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
  image: "#5c53fb",
  vector: "#007c69",
  label: "#9f5e01",
  tokens: "#0362b3",
  embedded: "#0362b3",
  loss: "#c8335d",
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
      image: "#9487fe",
      vector: "#3fd3c0",
      label: "#f0ae4a",
      tokens: "#78b1e9",
      embedded: "#78b1e9",
      loss: "#ff7c9c",
    },
  },
  print: { paper: "#ffffff", card: "#ffffff", line: "#000000", ink: "#000000", muted: "#333333", flow: onLight },
};

/** Sizes of text in pixels. */
export const sizes = { small: 11, plain: 12, strong: 13, title: 15 } as const;
/** Around the figure. */
export const margin = 24;

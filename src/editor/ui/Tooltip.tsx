/** A few words beside what is pointed at or focused, with its keys. Never the only place where something is said. */
import { Tooltip as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { useLayer } from "./layer.ts";
import styles from "./Tooltip.module.css";

export interface TooltipProps {
  readonly text: ReactNode;
  /** "Ctrl+Z", as the person's system writes it. */
  readonly keys?: string;
  readonly side?: "top" | "right" | "bottom" | "left";
  /** One element that takes a ref and props. */
  readonly children: ReactNode;
}

/** Stands once around the page: tooltips follow each other without delay. */
export const TooltipScope = ({ children }: { readonly children: ReactNode }) => (
  <Primitive.Provider delayDuration={500} skipDelayDuration={200}>
    {children}
  </Primitive.Provider>
);

export function Tooltip({ text, keys, side = "bottom", children }: TooltipProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal container={useLayer()}>
        <Primitive.Content className={styles.tooltip} side={side} sideOffset={6} collisionPadding={8}>
          {text}
          {keys && <kbd className={styles.keys}>{keys}</kbd>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** A small panel that opens from a button and leaves the page usable. */
import { Popover as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { useLayer } from "./layer.ts";
import styles from "./Popover.module.css";

export interface PopoverProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
  /** The button: one element that takes a ref and props. */
  readonly trigger: ReactNode;
  readonly label: string;
  readonly align?: "start" | "center" | "end";
  readonly children: ReactNode;
}

export const Popover = ({ open, onOpenChange, trigger, label, align = "end", children }: PopoverProps) => (
  <Primitive.Root open={open} onOpenChange={onOpenChange}>
    <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
    <Primitive.Portal container={useLayer()}>
      <Primitive.Content
        className={styles.popover}
        aria-label={label}
        align={align}
        sideOffset={6}
        collisionPadding={8}
      >
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  </Primitive.Root>
);

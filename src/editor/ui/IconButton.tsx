/** A button that is a picture: its label is its name and its tooltip. */
import type { ReactNode } from "react";
import { Button, type ButtonProps } from "./Button.tsx";
import styles from "./Button.module.css";
import { Tooltip } from "./Tooltip.tsx";

export interface IconButtonProps extends Omit<ButtonProps, "icon"> {
  readonly label: string;
  readonly children: ReactNode;
  /** Keys as they are pressed: "Ctrl+Z". */
  readonly keys?: string;
  /** What the tooltip says where it says more than the label. */
  readonly tip?: string;
}

export function IconButton({ label, keys, tip, variant = "quiet", className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={tip ?? label} keys={keys}>
      <Button
        variant={variant}
        aria-label={label}
        className={[styles.icon, className].filter(Boolean).join(" ")}
        {...rest}
      >
        {children}
      </Button>
    </Tooltip>
  );
}

/** A button with words: the one main action is `primary`, most are `plain`, and `quiet` ones show themselves when pointed at. */
import type { ComponentProps, ReactNode } from "react";
import styles from "./Button.module.css";

export interface ButtonProps extends ComponentProps<"button"> {
  readonly variant?: "plain" | "primary" | "quiet";
  readonly size?: "medium" | "small";
  readonly icon?: ReactNode;
}

export function Button({ variant = "plain", size = "medium", icon, className, children, ...rest }: ButtonProps) {
  const classes = [styles.button, styles[variant], styles[size], className].filter(Boolean).join(" ");
  return (
    <button type="button" className={classes} {...rest}>
      {icon}
      {children}
    </button>
  );
}

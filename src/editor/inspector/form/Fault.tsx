/** Why what stands in a box was not taken. */
import type { ReactNode } from "react";
import styles from "./Form.module.css";

export const Fault = ({ id, children }: { readonly id: string; readonly children: ReactNode }) => (
  <p className={styles.fault} id={id} role="status">
    {children}
  </p>
);

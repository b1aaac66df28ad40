/** A sentence of the catalogue with its severity. A leaf. */
export type Severity = "error" | "warning";

export interface Message<Facts> {
  readonly severity: Severity;
  readonly say: (facts: Facts) => string;
}
export const error = <Facts>(say: (facts: Facts) => string): Message<Facts> => ({ severity: "error", say });
export const warning = <Facts>(say: (facts: Facts) => string): Message<Facts> => ({ severity: "warning", say });

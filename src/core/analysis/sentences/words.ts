/** Words that several sentences of the catalogue have in common. A leaf. */

export type Shape = readonly number[];
export const by = (shape: Shape) => shape.join("×");
/** "image, vector or label" */
export const either = (names: readonly string[]) =>
  [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" or ");
export const count = (n: number, noun: string) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
export const known = (names: readonly string[], noun: string) =>
  names.length === 0 ? `There are no ${noun}s yet; add one.` : `Known ${noun}s: ${names.join(", ")}.`;
export const perhaps = (near: string | null) => (near ? ` Did you mean ${near}?` : "");

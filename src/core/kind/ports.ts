/**
 * What flows along a wire: the type of a port is its meaning and its shape, without the batch.
 * Image shapes are [C, H, W], vectors [F], tokens [T], embedded tokens [T, E]; a label is one class
 * index a row and a loss one scalar a batch, so both have the empty shape.
 */
export const portKinds = ["image", "vector", "label", "tokens", "embedded", "loss"] as const;
export type PortKind = (typeof portKinds)[number];

export interface PortType {
  readonly type: PortKind;
  readonly shape: readonly number[];
  /** Labels only: how many classes there are. */
  readonly classes?: number;
}

export interface PortSpec {
  readonly name: string;
  /** What the port accepts (an input) or may carry (an output). */
  readonly types: readonly PortKind[];
  /** Where values must lie between 0 and 1: the layer that brings any number there. */
  readonly probabilities?: string;
  /** Whether values must be above 0 under these parameters: what else is fed gives NaN, as in PyTorch. */
  positive?(params: Readonly<Record<string, unknown>>): boolean;
  /** An optional input may stay without a wire. */
  readonly optional?: boolean;
  /** A variadic input is `in.0`, `in.1`, … in edges, at least `least` of them. */
  readonly variadic?: { readonly least: number };
  readonly help: string;
}

export const image = (channels: number, height: number, width: number): PortType => ({
  type: "image",
  shape: [channels, height, width],
});
export const vector = (features: number): PortType => ({ type: "vector", shape: [features] });
export const label = (classes: number): PortType => ({ type: "label", shape: [], classes });
export const loss: PortType = { type: "loss", shape: [] };

/** Elements of one sample. */
export const sizeOf = (type: PortType): number => type.shape.reduce((size, extent) => size * extent, 1);

export const sameType = (a: PortType, b: PortType): boolean =>
  a.type === b.type &&
  a.classes === b.classes &&
  a.shape.length === b.shape.length &&
  a.shape.every((extent, axis) => extent === b.shape[axis]);

/** `image[1,28,28]`, `vector[100]`, `label[10]`, `loss`: the one spelling in messages and programs. */
export function printType(type: PortType): string {
  if (type.type === "label") return `label[${type.classes ?? "?"}]`;
  return type.shape.length === 0 ? type.type : `${type.type}[${type.shape.join(",")}]`;
}

/** The inverse of {@link printType}; null where the text is no type. */
export function parseType(text: string): PortType | null {
  const match = /^([a-z]+)(?:\[([\d,?]*)\])?$/.exec(text);
  const type = portKinds.find((kind) => kind === match?.[1]);
  if (!match || !type) return null;
  const extents = match[2] ? match[2].split(",").map(Number) : [];
  if (type === "label") return match[2] === "?" ? { type, shape: [] } : { type, shape: [], classes: extents[0] };
  return { type, shape: extents };
}

/**
 * What a port sees of a value that is wired to it: the value's own type, or a vector [F] as an image [F, 1, 1]
 * where only images are accepted; null where it does not fit.
 */
export function accept(port: PortSpec, value: PortType): PortType | null {
  if (port.types.includes(value.type)) return value;
  if (value.type === "vector" && port.types.includes("image")) return image(value.shape[0], 1, 1);
  return null;
}

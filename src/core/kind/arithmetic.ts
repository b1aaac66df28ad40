/** What kinds write their arithmetic with: small pieces, so that each kind states only its own formula and numbers. */
import { exact, grouped, rounded, shapeText } from "./display.ts";
import type { Arithmetic, NodeKind } from "./kind.ts";
import type { Fields, Params } from "./fields.ts";
import { sizeOf, type PortKind, type PortType } from "./ports.ts";

type Known = PortType | null;

/** The arithmetic of a node as far as its types are known: a layer has none before all of them are. */
export function arithmeticOf(
  kind: NodeKind,
  params: Params<Fields>,
  inputs: readonly Known[],
  outputs: readonly Known[],
): readonly Arithmetic[] {
  if (kind.role !== "layer") return kind.arithmetic(params, inputs, outputs);
  if (inputs.length === 0 && kind.inputs.length > 0) return [];
  return allKnown(inputs) && allKnown(outputs) && outputs.length === kind.outputs.length
    ? kind.arithmetic(params, inputs, outputs)
    : [];
}

const allKnown = (types: readonly Known[]): types is readonly PortType[] => !types.includes(null);

export const line = (quantity: string, formula: string, numbers: string, result: string): Arithmetic => ({
  quantity,
  formula,
  numbers,
  result,
});

/** Factors with dots between: "256·128·4·4". */
export const product = (...factors: readonly (number | string)[]): string =>
  factors.map((factor) => (typeof factor === "number" ? grouped(factor) : factor)).join("·");

/** A number as it may stand behind a minus or a dot: a negative one in brackets. */
export const term = (value: number): string => (value < 0 ? `(${exact(value)})` : exact(value));

/** One line each for height and width, or a single one where their numbers agree. */
export function heightAndWidth(of: (axis: 0 | 1, name: "H" | "W") => Arithmetic): readonly Arithmetic[] {
  const [height, width] = [of(0, "H"), of(1, "W")];
  return height.numbers === width.numbers && height.result === width.result
    ? [{ ...height, quantity: "H = W" }]
    : [height, width];
}

/** How many values of one sample there are: "C·H·W = 128·7·7 = 6,272". */
export function sizeLine(quantity: string, type: Known): Arithmetic {
  if (!type) return line(quantity, "the size of what is wired to it", "?", "not known yet");
  const { shape, classes } = type;
  if (type.type === "label")
    return line(
      quantity,
      "one class index",
      classes === undefined ? "?" : `0 … ${classes - 1}`,
      `one of ${classes ?? "?"}`,
    );
  if (shape.length === 0) return line(quantity, "one number", "1", "1");
  return line(quantity, product(...axes[type.type]), product(...shape), grouped(sizeOf(type)));
}

/** The names of a type's axes, the batch apart. */
export const axes: Readonly<Record<PortKind, readonly string[]>> = {
  image: ["C", "H", "W"],
  vector: ["F"],
  label: [],
  tokens: ["T"],
  embedded: ["T", "E"],
  loss: [],
};

/** The name of the first axis: channels of an image, features of a vector. */
export const firstAxis = ({ type }: PortType): string => axes[type][0] ?? "1";

export const sameShape = (type: PortType): Arithmetic =>
  line("shape", "the shape of x", `x is ${shapeText(type)}`, shapeText(type));

/** A function of single values, at these; then the shape, which stays. */
export const pointwise = (
  formula: string,
  given: Readonly<Record<string, number>>,
  result: number,
  type: PortType,
): readonly Arithmetic[] => [example("y", formula, given, result), sameShape(type)];

/** A formula at given values of its letters: "at x = −1, slope = 0.2". */
export const example = (
  quantity: string,
  formula: string,
  given: Readonly<Record<string, number>>,
  result: number,
): Arithmetic =>
  line(
    quantity,
    formula,
    `at ${Object.entries(given)
      .map(([name, value]) => `${name} = ${exact(value)}`)
      .join(", ")}`,
    rounded(result),
  );

/** Weights between PyTorch's layout and tfjs's: axis i of the tfjs tensor is axis order[i] of the PyTorch one. */

export const tfjsShape = (shape: readonly number[], order: readonly number[] | null): number[] =>
  order ? order.map((axis) => shape[axis]) : [...shape];

export const toTfjs = (data: Float32Array, shape: readonly number[], order: readonly number[] | null): Float32Array =>
  order ? permute(data, shape, order) : data;

export const fromTfjs = (
  data: Float32Array,
  shape: readonly number[],
  order: readonly number[] | null,
): Float32Array =>
  order
    ? permute(
        data,
        tfjsShape(shape, order),
        order.map((_, axis) => order.indexOf(axis)),
      )
    : data;

/** Transposes a row-major array: axis i of the result is axis order[i] of `data`, which has this shape. */
export function permute(data: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const extents = order.map((axis) => shape[axis]);
  const steps = order.map((axis) => strides[axis]);
  const result = new Float32Array(data.length);
  const index = order.map(() => 0);
  for (let at = 0, from = 0; at < result.length; at++) {
    result[at] = data[from];
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < extents[axis]) break;
      from -= steps[axis] * extents[axis];
      index[axis] = 0;
    }
  }
  return result;
}

/** Documents of any size, for what must not suffer from it: one network "large" of so many layers, in a row or side by side. */
import type { EdgeDeclaration, GanDocument, NodeDeclaration } from "../../core/document/types.ts";
import { currentFormat } from "../../core/document/types.ts";

export const graphNetwork = "large";

/** A chain: the image, `layers` layers one after another, the output. The first says the channels of all. */
export function chainDocument(layers: number): GanDocument {
  const ids = ["x", ...layerIds(layers), "y"];
  const nodes = { x: image, ...layerNodes(layers, convolution), y: { kind: "Output" } };
  const edges = ids.slice(1).map((id, index) => wire(ids[index], `${id}.in`));
  return documentOf(`A chain of ${layers} layers`, nodes, edges, columns(ids));
}

/** Parallel branches: `layers` layers that all take the image, and a sum of what they give. */
export function wideDocument(layers: number): GanDocument {
  const ids = layerIds(layers);
  const nodes = { x: image, ...layerNodes(layers, activation), sum: { kind: "Add" }, y: { kind: "Output" } };
  const edges = [
    ...ids.map((id) => wire("x", `${id}.in`)),
    ...ids.map((id, index) => wire(id, `sum.in.${index}`)),
    wire("sum", "y.in"),
  ];
  return documentOf(`${layers} layers side by side`, nodes, edges, columns(["x", ...ids, "sum", "y"]));
}

/** Of the first layer of a chain, whose channels those after it have. */
export const firstLayer = "layer0";

const image: NodeDeclaration = { kind: "Input", params: { type: "image", shape: [3, 28, 28] } };
const convolution: NodeDeclaration = {
  kind: "Conv2d",
  params: { out_channels: 16, kernel_size: 3, stride: 1, padding: 1, groups: 1 },
};

const activation: NodeDeclaration = { kind: "LeakyReLU" };

const layerIds = (count: number): string[] => Array.from({ length: count }, (_, index) => `layer${index}`);

const layerNodes = (count: number, first: NodeDeclaration): Record<string, NodeDeclaration> =>
  Object.fromEntries(layerIds(count).map((id, index) => [id, index === 0 ? first : activation]));

const wire = (from: string, to: string): EdgeDeclaration => ({ from: `${from}.out`, to });

/** Places in columns of forty. */
const columns = (ids: readonly string[]): Record<string, { x: number; y: number }> =>
  Object.fromEntries(ids.map((id, index) => [id, { x: Math.floor(index / 40) * 480, y: (index % 40) * 72 }]));

const documentOf = (
  name: string,
  nodes: Readonly<Record<string, NodeDeclaration>>,
  edges: readonly EdgeDeclaration[],
  places: Readonly<Record<string, { x: number; y: number }>>,
): GanDocument => ({
  format: currentFormat,
  name,
  networks: { [graphNetwork]: { nodes, edges } },
  blocks: {},
  training: { nodes: {}, edges: [] },
  layout: { [`networks.${graphNetwork}`]: places },
});

/**
 * A document for a loss of the training graph that derives from its ports alone: a network makes five features of noise, and
 * the loss of them is made smaller. So a kind that is added stands in a Program without a document being written for it.
 */
import type { GanDocument, NodeDeclaration } from "../../../src/core/document/types.ts";
import type { Function } from "../../../src/kinds/lowering.ts";
import { chain, documentWith, graph, node } from "../../helpers/documents.ts";

const features = 5;

/** Whether a document can be derived: not for sums of losses, nor for what differentiates one input by another. */
export const isDerived = ({ inputs, differentiates }: Function): boolean =>
  !differentiates && inputs.every(({ types }) => types.includes("vector") || types.includes("label"));

/** The first port is fed by the network; of the others those that want labels by labels, and all else by noise. */
export function documentOfLoss({ name, inputs, outputs }: Function): GanDocument {
  const nodes: Record<string, NodeDeclaration> = {
    z: node("Noise", { features }),
    value: node("Network", { network: "net", sample: true }),
    loss: node(name),
    opt: node("Optimizer", { trains: ["net"] }),
  };
  const wires = ["z.out > value.x", `loss.${outputs[0].name} > opt.loss`];
  inputs.forEach((port, index) => {
    const end = `loss.${port.name}${port.variadic ? ".0" : ""}`;
    const source = index === 0 ? "value" : `other${index}`;
    if (index > 0)
      nodes[source] = port.types.includes("label")
        ? node("RandomLabel", { classes: features })
        : node("Noise", { features, distribution: "uniform" });
    wires.push(`${source}.${index === 0 ? "y" : "out"} > ${end}`);
  });
  const net = chain([node("Linear", { out_features: features }), node("Sigmoid")]);
  return documentWith({
    networks: { net },
    training: { batch: 4, iterations: 10, seed: 1, ...graph(nodes, ...wires) },
  });
}

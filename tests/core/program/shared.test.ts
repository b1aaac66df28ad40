/** A weight that two networks share changes for both when one of them is trained. */
import { expect, it } from "vitest";
import { documentWith, graph, lowered, node, vectorInput } from "../../helpers/documents.ts";

it("evaluates a network anew when another's update has changed a weight that they share", () => {
  const block = graph(
    { x: node("Input"), fc: node("Linear", { out_features: 2 }), y: node("Output") },
    "x.out > fc.in",
    "fc.out > y.in",
  );
  const network = (out: string) =>
    graph(
      { x: node("Input", vectorInput(2)), common: node("Block", { block: "tied", share: "s" }), own: node("Linear", { out_features: 2 }), [out]: node("Output") },
      "x.out > common.x", "common.y > own.in", `own.out > ${out}.in`,
    ); // prettier-ignore
  const { training } = lowered(
    documentWith({
      blocks: { tied: block },
      networks: { generator: network("image"), discriminator: network("score") },
      training: graph(
        {
          z: node("Noise", { features: 2 }),
          fake: node("Network", { network: "generator", sample: true }),
          score: node("Network", { network: "discriminator" }),
          d_loss: node("BCEWithLogitsLoss", { target: 0 }),
          g_loss: node("BCEWithLogitsLoss"),
          d_opt: node("Optimizer", { trains: ["discriminator"], order: 0 }),
          g_opt: node("Optimizer", { trains: ["generator"], order: 1 }),
        },
        "z.out > fake.x", "fake.image > score.x", "score.score > d_loss.in", "score.score > g_loss.in", "d_loss.out > d_opt.loss", "g_loss.out > g_opt.loss",
      ), // prettier-ignore
    }),
  );
  const inSlice = training!.iteration[1].instructions.map((each) => ("id" in each ? `${each.op} ${each.id}` : each.op));
  expect(inSlice).toEqual(["reuse z@0", "evaluate fake@0#2", "evaluate score@0#2", "compute g_loss@0", "update"]);
});

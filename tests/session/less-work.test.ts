/** What a step leaves out: gradients of weights that its optimizer does not train, and of what no such weight has made. */
import { beforeAll, expect, it } from "vitest";
import { template } from "../helpers/documents.ts";
import { openTraining } from "../runtime/wasm-backend.ts";
import { countKernel, mnist, programOf, sessionOf } from "./sessions.ts";

beforeAll(openTraining);

it("differentiates by the weights that a slice trains alone, and by the images only on the way to them", async () => {
  const dataSets = { mnist: mnist(8) };
  const session = sessionOf(programOf(template("dcgan-mnist"), dataSets), dataSets, { batch: 2 });
  const kernels = ["Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"];
  const slices: Record<string, number[]> = {};
  for (let last = false; !last;) {
    const counters = kernels.map(countKernel);
    const step = await session.stepOptimizer();
    slices[step.optimizer] = counters.map((counter) => counter.stop());
    last = step.last;
  }
  // A transposed convolution's forward pass is a convolution's input gradient, and the reverse.
  // D's slice: G's two layers once; real and fake through D's two, gradients of those four filters and of the second's inputs.
  // G's slice: the fake through D's two again, their inputs' gradients; G's own two filters and what lies before them.
  expect(slices).toEqual({ d_opt: [4, 2 + 2, 4], g_opt: [2 + 2, 2, 2] });
  session.dispose();
});

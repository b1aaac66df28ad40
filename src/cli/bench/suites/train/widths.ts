/** The project's kernels against the composed form of the same steps, at widths that suit them and at others. */
import { caseNames } from "../../cases.ts";
import type { BenchContext, Figure, Section } from "../../suite.ts";
import { disagreements } from "./agreement.ts";
import { measureSteps, ratioTarget } from "./steps.ts";
import { ours, withTrainers } from "./trainers.ts";

const [kernels, composed] = ["GANvas", "composed form"];
const widths = [24, 64, 96];

export async function widthsSection({ options, note }: BenchContext): Promise<Section> {
  const backends = options.backends ?? ["wasm"];
  const batches = options.batches ?? [16];
  const [figures, failures]: [Figure[], string[]] = [[], []];
  const plans = backends.flatMap((backend) =>
    batches.flatMap((batch) => [
      ...widths.map((width) => ({ backend, batch, case: "dcgan-mnist", width })),
      ...(options.cases === null ? [] : others(options.cases).map((name) => ({ backend, batch, case: name }))),
    ]),
  );
  for (const plan of plans) {
    const wide = "width" in plan ? `, width ${plan.width}` : "";
    const title = `${plan.case}, batch ${plan.batch}${wide}, ${plan.backend}`;
    note(`composed form: ${title}`);
    const form = plan.backend === "wasm" ? "relaxed" : "kernels";
    const trainers = [
      ours(kernels, { ...plan, form, capture: false }),
      ours(composed, { ...plan, form: "composed", capture: false }),
    ];
    await withTrainers(trainers, async (found) => {
      const { steps } = options;
      const rounds = options.rounds ?? 5;
      const { figure } = await measureSteps(found, { case: title, reference: composed, rounds, steps });
      figures.push({ ...figure, targets: [ratioTarget(figure, kernels, 1)] });
      failures.push(...disagreements(found.running).map((sentence) => `${title}: ${sentence}.`));
    });
  }
  return {
    name: backends.includes("wasm") ? "widths" : `widths-${backends.join("-")}`,
    title: "Kernels against the composed form",
    text:
      "The same session with the project's kernels and with tfjs's own, of which the operations that it lacks are composed; " +
      `DCGAN on 28×28 images with ${widths.join(", ")} channels in the first convolution. Steps are eager in both.`,
    figures,
    failures,
  };
}

/** Documents that were named beside "widths": they are held against their composed form too. */
const others = (cases: readonly string[]) => caseNames().filter((name) => cases.includes(name));

import { choice, number } from "../../core/kind/fields.ts";
import { loss } from "../../core/kind/ports.ts";
import { compute } from "../lowering.ts";
import { terms } from "./ganTerms.ts";
import { discriminatorArithmetic, generatorArithmetic, type Objective } from "./objectives.ts";

const objectives = [
  "minimax",
  "non-saturating",
  "least-squares",
  "wasserstein",
  "hinge",
  "relativistic-average",
] as const satisfies readonly Objective[];

export const GANLoss = compute({
  name: "GANLoss",
  title: "GANLoss",
  shelf: "Losses",
  summary: "The game between discriminator and generator",
  equation: "\\min_G \\max_D \\; \\mathbb{E} \\log \\sigma(D(x)) + \\mathbb{E} \\log (1 - \\sigma(D(G(z))))",
  lesson:
    "One node for each player. The discriminator's wants the scores of real and fake images, the generator's those of the fakes alone. Non-saturating keeps the generator's gradient alive when the discriminator wins; least squares and Wasserstein measure a distance instead of a probability; hinge stops pushing scores that are right by a margin of 1; relativistic-average asks whether real images look more real than the fakes do on average, so both players want both scores. Scores are logits: the discriminator ends without Sigmoid.",
  fields: {
    role: choice(["discriminator", "generator"], {
      default: "discriminator",
      help: "Whose loss this is",
      brief: "value",
    }),
    objective: choice(objectives, { default: "non-saturating", help: "What the players play for", brief: "value" }),
    label_smoothing: number({
      default: 0,
      min: 0,
      max: 1,
      help: "Moves the target of real images from 1 to 1 − this; Wasserstein and hinge have no target",
      live: true,
    }),
  },
  inputs: [
    {
      name: "real",
      types: ["vector", "image"],
      optional: true,
      help: "The discriminator's scores of data; the generator's loss takes them too where it is relativistic",
    },
    { name: "fake", types: ["vector", "image"], help: "The discriminator's scores of samples" },
  ],
  outputs: [{ name: "out", types: ["loss"], help: "The mean over all scores, patches too" }],
  needsLipschitz: ({ objective }) => objective === "wasserstein",
  needsWholeBatch: ({ objective }) => objective === "relativistic-average",
  advise({ objective, role, label_smoothing }) {
    const because = untargeted.includes(objective)
      ? `${objective} scores have no target to move`
      : role === "generator" && "the generator's loss has no real samples";
    if (label_smoothing === 0 || !because) return [];
    const mend = { param: "label_smoothing", value: 0 };
    return [{ misfit: "lint-no-effect", param: "label_smoothing", facts: { param: "label_smoothing", because }, mend }];
  },
  takesLogits: ({ objective }) => ["minimax", "non-saturating", "relativistic-average"].includes(objective),
  critic: ({ role }) => role === "discriminator",
  infer({ role, objective }, [real]) {
    if (!real && (role === "discriminator" || objective === "relativistic-average"))
      return { misfit: "missing-wire", port: "real", facts: { port: "real", types: ["vector", "image"] } };
    return [loss];
  },
  arithmetic: ({ role, objective, label_smoothing }) =>
    role === "generator" ? generatorArithmetic(objective) : discriminatorArithmetic(objective, 1 - label_smoothing),
  lowering: {
    pytorch({ role, objective, label_smoothing }, [real, fake]) {
      const { pytorch } = terms[objective];
      return role === "generator"
        ? pytorch.generator(fake!, real)
        : pytorch.discriminator(real!, fake!, 1 - label_smoothing);
    },
    tfjs(tools, { role, objective, label_smoothing }, [real, fake]) {
      const term = terms[objective];
      return role === "generator"
        ? term.generator(tools, fake!, real)
        : term.discriminator(tools, real!, fake!, 1 - label_smoothing);
    },
  },
});

/** Objectives whose scores have no target. */
const untargeted: readonly Objective[] = ["wasserstein", "hinge"];

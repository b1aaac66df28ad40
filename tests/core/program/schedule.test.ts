/** What a training graph means: order, draws, reuse, staleness, gradients, modes and sampling. */
import { describe, expect, it } from "vitest";
import type { GanDocument, NodeDeclaration } from "../../../src/core/document/types.ts";
import { vocabularyOf, type NodeKind } from "../../../src/core/kind/kind.ts";
import { loss } from "../../../src/core/kind/ports.ts";
import type {
  Evaluate,
  Program,
  Slice,
  TrainingInstruction,
  TrainingProgram,
} from "../../../src/core/program/types.ts";
import { kinds, vocabulary } from "../../../src/kinds/index.ts";
import { chain, documentWith, lowered, node, template, templateNames, vectorInput, wires } from "../../helpers/documents.ts"; // prettier-ignore

const linear = (out_features: number) => chain([node("Linear", { out_features })]);
const networks = { g: linear(2), d: linear(1) };
const opt = (trains: readonly string[], params: object = {}) => node("Optimizer", { trains, ...params });
const call = (network: string, params: object = {}) => node("Network", { network, ...params });

/** The game of DCGAN on points: two scores in D's loss, one in G's. `parts` are added to its training graph. */
function game(
  parts: {
    readonly d?: object;
    readonly g?: object;
    readonly nodes?: Record<string, NodeDeclaration>;
    readonly wires?: readonly string[];
    readonly without?: readonly string[];
  } = {},
): GanDocument {
  const edges = wires(
    ...[
      "z.out > fake.x",
      "data.out > real_score.x",
      "fake.y > fake_score.x",
      "real_score.y > d_loss.real",
      "fake_score.y > d_loss.fake",
    ],
    ...["fake_score.y > g_loss.fake", "d_loss.out > d_opt.loss", "g_loss.out > g_opt.loss"].filter(
      (wire) => !parts.without?.includes(wire),
    ),
    ...(parts.wires ?? []),
  );
  const nodes = {
    data: node("Dataset", { name: "toy-ring" }),
    z: node("Noise", { features: 3 }),
    fake: call("g", { sample: true }),
    real_score: call("d"),
    fake_score: call("d"),
    d_loss: node("GANLoss", { role: "discriminator" }),
    g_loss: node("GANLoss", { role: "generator" }),
    d_opt: opt(["d"], parts.d),
    g_opt: opt(["g"], parts.g),
    ...parts.nodes,
  };
  return documentWith({ networks, training: { nodes, edges } });
}

const trainingOf = (program: Program): TrainingProgram => program.training!;
const iterationOf = (document: GanDocument): readonly Slice[] => trainingOf(lowered(document)).iteration;
/** "draw z@0", "fake@0", "reuse fake@0", "update d_opt": an iteration as people would tell it. */
function tell(instruction: TrainingInstruction): string {
  switch (instruction.op) {
    case "update":
      return `update ${instruction.optimizer}`;
    case "accumulate":
      return `accumulate ${instruction.recorded}`;
    case "virtual-update":
      return `virtual-update ${instruction.virtual.optimizer}~${instruction.virtual.step}`;
    case "draw":
    case "reuse":
      return `${instruction.op} ${instruction.id}`;
    default:
      return instruction.id;
  }
}
const told = (slices: readonly Slice[]) =>
  slices.map(({ id, instructions }) => `${id}: ${instructions.map(tell).join(", ")}`);
const orderOf = (document: GanDocument) => iterationOf(document).map(({ id }) => id);
const evaluations = (slices: readonly Slice[]): Evaluate[] =>
  slices.flatMap(({ instructions }) => instructions.filter((each): each is Evaluate => each.op === "evaluate"));

/** Every value is made before it is used, once, and an earlier slice's is used only where a reuse says so. */
function expectSound(slices: readonly Slice[]): void {
  const made = new Map<string, string>();
  for (const slice of slices) {
    const reused = new Set<string>();
    for (const instruction of slice.instructions) {
      if (instruction.op === "reuse") {
        expect(made.has(instruction.id), `${instruction.id} is reused in ${slice.id}`).toBe(true);
        reused.add(instruction.id);
        continue;
      }
      const ends = instruction.op === "update" || instruction.op === "accumulate" || instruction.op === "virtual-update"; // prettier-ignore
      const used = ends
        ? [instruction.loss ?? []].flat()
        : instruction.op === "draw"
          ? []
          : instruction.inputs.flatMap((input) => (input ? [input.value] : []));
      for (const value of used) {
        const owner = [...made.keys()].find((id) => value === id || value.startsWith(`${id}.`));
        expect(owner, `${value} in ${slice.id}`).toBeDefined();
        if (made.get(owner!) !== slice.id)
          expect(reused.has(owner!), `${value} is named as reused in ${slice.id}`).toBe(true);
      }
      if (ends) continue;
      expect(made.has(instruction.id), `${instruction.id} is made twice`).toBe(false);
      made.set(instruction.id, slice.id);
    }
    expect(slice.instructions.filter(({ op }) => op === "update")).toHaveLength(1);
    expect(slice.instructions[slice.instructions.length - 1].op).toBe("update");
  }
}

describe("the order of optimizers", () => {
  it("puts the critic's first by default, whatever they are called", () => {
    expect(orderOf(game())).toEqual(["d_opt@0", "g_opt@0"]);
    const named = game({ nodes: { a_opt: opt(["g"]) }, wires: ["g_loss.out > a_opt.loss"] });
    delete (named.training.nodes as Record<string, NodeDeclaration>).g_opt;
    const edges = named.training.edges.filter(({ to }) => to !== "g_opt.loss");
    expect(orderOf({ ...named, training: { ...named.training, edges } })).toEqual(["d_opt@0", "a_opt@0"]);
  });

  it("is what they say, ascending", () => {
    expect(orderOf(game({ d: { order: 5 }, g: { order: -1 } }))).toEqual(["g_opt@0", "d_opt@0"]);
    expect(orderOf(game({ d: { order: 2 } }))).toEqual(["g_opt@0", "d_opt@0"]);
  });

  it("goes by their ids where it is equal, as people count", () => {
    const more = game({
      nodes: { opt10: opt(["g"], { order: 7 }), opt9: opt(["g"], { order: 7 }) },
      wires: ["g_loss.out > opt10.loss", "g_loss.out > opt9.loss"],
    });
    expect(orderOf(more)).toEqual(["d_opt@0", "g_opt@0", "opt9@0", "opt10@0"]);
  });

  it("sees the critic behind a sum of losses", () => {
    const document = game({
      nodes: { sum: node("WeightedSum"), zz: opt(["d"]) },
      wires: ["d_loss.out > sum.in.0", "sum.out > zz.loss"],
    });
    expect(orderOf(document)).toEqual(["d_opt@0", "zz@0", "g_opt@0"]);
  });
});

describe("draws", () => {
  it("are shared by equal steps: D and G see one batch of noise", () => {
    const slices = iterationOf(game());
    expect(told(slices)).toEqual([
      "d_opt@0: draw data@0, real_score@0, draw z@0, fake@0, fake_score@0, d_loss@0, update d_opt",
      "g_opt@0: reuse fake@0, fake_score@0#2, g_loss@0, update g_opt",
    ]);
  });

  it("are fresh for further steps: five critic steps get five batches, and the generator sees the first", () => {
    const program = trainingOf(lowered(game({ d: { steps: 5 } })));
    expect(program.iteration.map(({ id }) => id)).toEqual([
      "d_opt@0",
      "d_opt@1",
      "d_opt@2",
      "d_opt@3",
      "d_opt@4",
      "g_opt@0",
    ]);
    expect(program.sources.map(({ id, draws }) => [id, draws])).toEqual([["data", 5], ["z", 5]]); // prettier-ignore
    const [last] = told(program.iteration.slice(5));
    expect(last).toBe("g_opt@0: reuse fake@0, fake_score@0#2, g_loss@0, update g_opt");
    expectSound(program.iteration);
  });

  it("of one Dataset node are the same rows, and of two nodes their own", () => {
    const document = game({ nodes: { other: node("Dataset", { name: "toy-ring" }), other_score: call("d"), extra: node("GANLoss", { role: "discriminator" }), sum: node("WeightedSum"), zz: opt(["d"]) }, wires: ["other.out > other_score.x", "other_score.y > extra.real", "fake_score.y > extra.fake", "d_loss.out > sum.in.0", "extra.out > sum.in.1", "sum.out > zz.loss"] }); // prettier-ignore
    const program = trainingOf(lowered(document));
    expect(program.sources.map(({ id, draws }) => [id, draws])).toEqual([["data", 1], ["other", 1], ["z", 1]]); // prettier-ignore
    expectSound(program.iteration);
  });
});

describe("reuse", () => {
  it("evaluates G(z) once an iteration, and keeps its gradient for G's update", () => {
    const slices = iterationOf(game());
    const fakes = evaluations(slices).filter(({ node }) => node === "fake");
    expect(fakes.map(({ gradient }) => gradient)).toEqual([{ slice: "g_opt@0", order: 1 }]);
  });

  it("evaluates D(fake) again after D's update", () => {
    const scores = evaluations(iterationOf(game())).filter(({ node }) => node === "fake_score");
    expect(scores.map(({ id, gradient }) => [id, gradient?.slice])).toEqual([["fake_score@0", "d_opt@0"], ["fake_score@0#2", "g_opt@0"]]); // prettier-ignore
  });

  it("evaluates D(fake) once where G goes first", () => {
    const slices = iterationOf(game({ g: { order: -1 } }));
    expect(told(slices)).toEqual([
      "g_opt@0: draw z@0, fake@0, fake_score@0, g_loss@0, update g_opt",
      "d_opt@0: draw data@0, real_score@0, reuse draw, fake@0#2, fake_score@0#2, d_loss@0, update d_opt".replace(
        "reuse draw",
        "reuse z@0",
      ),
    ]);
    expectSound(slices);
  });

  it("keeps a network's pass that both losses share while its weights stay", () => {
    const document = game({ nodes: { again: opt(["g"], { order: 3 }) }, wires: ["g_loss.out > again.loss"] });
    const slices = iterationOf(document);
    expect(slices[2].instructions.map(tell)).toEqual([
      "reuse z@0",
      "fake@0#2",
      "fake_score@0#3",
      "g_loss@0#2",
      "update again",
    ]);
    expectSound(slices);
  });

  it.each(templateNames)("is named wherever %s uses a value of an earlier slice", (name) => {
    expectSound(iterationOf(template(name)));
  });
});

describe("gradients", () => {
  const differentiatedOnce = (slices: readonly Slice[]) => {
    for (const { id, instructions } of slices)
      for (const instruction of instructions) {
        if ((instruction.op !== "evaluate" && instruction.op !== "compute") || !instruction.gradient) continue;
        const at = slices.findIndex((slice) => slice.id === instruction.gradient!.slice);
        expect(at, instruction.id).toBeGreaterThanOrEqual(slices.findIndex((slice) => slice.id === id));
      }
  };

  it("are taken of what lies between the loss and the trained networks, and of nothing else", () => {
    const slices = iterationOf(game());
    const gradients = Object.fromEntries(slices.flatMap(({ instructions }) => instructions.flatMap((each) => ("gradient" in each ? [[each.id, each.gradient?.slice ?? null]] : [])))); // prettier-ignore
    expect(gradients).toEqual({
      "real_score@0": "d_opt@0", "fake_score@0": "d_opt@0", "d_loss@0": "d_opt@0",
      "fake@0": "g_opt@0", "fake_score@0#2": "g_opt@0", "g_loss@0": "g_opt@0",
    }); // prettier-ignore
  });

  it.each([
    ["the plain game", game()],
    ["five critic steps", game({ d: { steps: 5 } })],
    ["three generator steps", game({ g: { steps: 3 } })],
    [
      "two optimizers of one network",
      game({ nodes: { again: opt(["g"], { order: 3 }) }, wires: ["g_loss.out > again.loss"] }),
    ],
    [
      "one optimizer of both networks",
      game({ nodes: { both: opt(["d", "g"], { order: 3 }) }, wires: ["g_loss.out > both.loss"] }),
    ],
    [
      "one optimizer of both networks, first",
      game({ nodes: { both: opt(["d", "g"], { order: -3 }) }, wires: ["d_loss.out > both.loss"] }),
    ],
  ])("of any evaluation belong to at most one update: %s", (_, document) => {
    const slices = iterationOf(document);
    differentiatedOnce(slices);
    expectSound(slices);
  });

  it("pass a network that is not trained, and do not end there", () => {
    const [, slice] = iterationOf(game());
    expect(evaluations([slice]).map(({ node, gradient }) => [node, gradient?.slice])).toEqual([
      ["fake_score", "g_opt@0"],
    ]);
  });

  /** A penalty as WGAN-GP has it: it differentiates `output` with respect to `wrt`. */
  const penalty = {
    name: "TestPenalty", title: "TestPenalty", shelf: "Losses", summary: "", equation: "", lesson: "", graph: "training", role: "function",
    fields: {}, outputs: [{ name: "out", types: ["loss"], help: "" }], differentiates: { output: "output", wrt: "wrt" }, infer: () => [loss], arithmetic: () => [], lowering: {},
    inputs: [{ name: "output", types: ["vector"], help: "" }, { name: "wrt", types: ["vector"], help: "" }],
  } as const satisfies NodeKind; // prettier-ignore
  const withPenalty = vocabularyOf([...(kinds as readonly NodeKind[]), penalty]);

  it("are of second order below what itself differentiates, and of first order elsewhere", () => {
    const document = game({
      nodes: { penalty: node("TestPenalty"), sum: node("WeightedSum"), d_opt: opt(["d"]) },
      without: ["d_loss.out > d_opt.loss"],
      wires: [
        "fake_score.y > penalty.output",
        "fake.y > penalty.wrt",
        "d_loss.out > sum.in.0",
        "penalty.out > sum.in.1",
        "sum.out > d_opt.loss",
      ],
    });
    expect(() => lowered(document, vocabulary)).toThrow("TestPenalty");
    const { iteration } = trainingOf(lowered(document, withPenalty));
    const orders = Object.fromEntries(iteration.flatMap(({ instructions }) => instructions.flatMap((each) => ("gradient" in each && each.gradient ? [[each.id, `${each.gradient.slice} ${each.gradient.order}`]] : [])))); // prettier-ignore
    expect(orders).toEqual({
      "real_score@0": "d_opt@0 1", "fake_score@0": "d_opt@0 2", "d_loss@0": "d_opt@0 1", "penalty@0": "d_opt@0 1", "sum@0": "d_opt@0 1",
      "fake@0": "g_opt@0 1", "fake_score@0#2": "g_opt@0 1", "g_loss@0": "g_opt@0 1",
    }); // prettier-ignore
    expectSound(iteration);
  });
});

describe("a stale wire", () => {
  const staleAt = (document: GanDocument, ...ends: readonly string[]): GanDocument => {
    const edges = document.training.edges.map((edge) => (ends.includes(edge.to) ? { ...edge, stale: true } : edge));
    return { ...document, training: { ...document.training, edges } };
  };
  const ownScore = {
    nodes: { g_score: call("d") },
    without: ["fake_score.y > g_loss.fake"],
    wires: ["fake.y > g_score.x", "g_score.y > g_loss.fake"],
  };

  it("takes what was evaluated before the update: CycleGAN's fakes, where G goes first", () => {
    const slices = iterationOf(staleAt(game({ ...ownScore, g: { order: -1 } }), "fake_score.x"));
    expect(told(slices)).toEqual([
      "g_opt@0: draw z@0, fake@0, g_score@0, g_loss@0, update g_opt",
      "d_opt@0: draw data@0, real_score@0, reuse fake@0, fake_score@0, d_loss@0, update d_opt",
    ]);
    expectSound(slices);
  });

  it("lets no gradient pass", () => {
    const slices = iterationOf(staleAt(game({ ...ownScore, g: { order: -1 } }), "fake_score.x"));
    const fakes = evaluations(slices).filter(({ node }) => node === "fake");
    expect(fakes.map(({ gradient }) => gradient?.slice)).toEqual(["g_opt@0"]);
  });

  it("changes nothing where the weights have not changed yet", () => {
    expect(told(iterationOf(staleAt(game(), "real_score.x")))).toEqual(told(iterationOf(game())));
  });

  it("is evaluated before the first update where nothing else has it by then", () => {
    const nodes = { old_score: call("d"), memory: node("BCEWithLogitsLoss"), sum: node("WeightedSum") };
    const added = [
      "data.out > old_score.x",
      "old_score.y > memory.in",
      "g_loss.out > sum.in.0",
      "memory.out > sum.in.1",
      "sum.out > g_opt.loss",
    ];
    const slices = iterationOf(
      staleAt(game({ nodes, wires: added, without: ["g_loss.out > g_opt.loss"] }), "memory.in"),
    );
    expect(told(slices)).toEqual([
      "d_opt@0: draw data@0, real_score@0, draw z@0, fake@0, fake_score@0, d_loss@0, old_score@0, update d_opt",
      "g_opt@0: reuse fake@0, fake_score@0#2, g_loss@0, reuse old_score@0, memory@0, sum@0, update g_opt",
    ]);
    expectSound(slices);
  });

  it("brings what it is made of along, also where a later slice had made it", () => {
    const nodes = {
      w: node("Noise", { features: 2 }),
      old_score: call("d"),
      again: call("g"),
      again_score: call("d"),
      memory: node("WeightedSum"),
      a: node("BCEWithLogitsLoss"),
      b: node("BCEWithLogitsLoss"),
    };
    const added = [
      "w.out > old_score.x",
      "old_score.y > a.in",
      "z.out > again.x",
      "again.y > again_score.x",
      "again_score.y > b.in",
      "g_loss.out > memory.in.0",
      "a.out > memory.in.1",
      "b.out > memory.in.2",
      "memory.out > g_opt.loss",
    ];
    const slices = iterationOf(
      staleAt(
        game({ d: { steps: 2 }, g: { steps: 3 }, nodes, wires: added, without: ["g_loss.out > g_opt.loss"] }),
        "a.in",
        "b.in",
      ),
    );
    expectSound(slices);
    expect(slices[0].instructions.map(tell)).toEqual(
      expect.arrayContaining(["draw w@0", "old_score@0", "draw w@2", "old_score@2", "draw z@1", "again_score@1"]),
    );
  });
});

describe("modes", () => {
  const modes = (document: GanDocument) =>
    Object.fromEntries(evaluations(iterationOf(document)).map(({ node, mode }) => [node, mode]));
  const withFrozen = (params: object) =>
    ({
      ...game({ nodes: { frozen: call("features", params), content: node("BCEWithLogitsLoss"), sum: node("WeightedSum") }, without: ["g_loss.out > g_opt.loss"], wires: ["fake.y > frozen.x", "frozen.y > content.in", "g_loss.out > sum.in.0", "content.out > sum.in.1", "sum.out > g_opt.loss"] }),
      networks: { ...networks, features: linear(4) },
    }) satisfies GanDocument; // prettier-ignore

  it("are training for what some optimizer trains, and inference for the rest", () => {
    expect(modes(withFrozen({}))).toEqual({ real_score: "train", fake: "train", fake_score: "train", frozen: "eval" });
  });

  it("are what a Network node says, where it says one", () => {
    expect(modes(withFrozen({ mode: "train" })).frozen).toBe("train");
    expect(modes(game({ nodes: { fake: call("g", { sample: true, mode: "eval" }) } })).fake).toBe("eval");
  });
});

describe("sampling", () => {
  it("is all that is upstream of the sample, in inference mode", () => {
    const { sampling } = trainingOf(lowered(game()));
    expect(sampling!.instructions.map(tell)).toEqual(["draw z", "fake"]);
    expect(sampling!.instructions.map((each) => ("mode" in each ? each.mode : null))).toEqual([null, "eval"]);
    expect(sampling).toMatchObject({
      sample: { value: "fake", type: { type: "vector", shape: [2] } },
      network: "g",
      score: { network: "d", input: "x", output: "y" },
    });
  });

  it("stands without any optimizer", () => {
    const document = documentWith({
      networks: { g: linear(2) },
      training: {
        nodes: { z: node("Noise", { features: 3 }), fake: call("g", { sample: true }) },
        edges: wires("z.out > fake.x"),
      },
    });
    const training = trainingOf(lowered(document));
    expect(training.iteration).toEqual([]);
    expect(training.sources.map(({ id, draws }) => [id, draws])).toEqual([["z", 0]]);
  });

  it("is absent where nothing is marked", () => {
    expect(trainingOf(lowered(game({ nodes: { fake: call("g") } }))).sampling).toBe(null);
  });

  it("goes through several networks", () => {
    const document = {
      ...game({ nodes: { w: call("mapping"), fake: call("g", { sample: true }) }, wires: ["w.y > fake.x"] }),
      networks: { ...networks, mapping: linear(3) },
    };
    const edges = document.training.edges.map((edge) => (edge.from === "z.out" ? { ...edge, to: "w.x" } : edge));
    const { sampling } = trainingOf(lowered({ ...document, training: { ...document.training, edges } }));
    expect(sampling!.instructions.map(tell)).toEqual(["draw z", "w", "fake"]);
  });
});

describe("networks alone", () => {
  it("have a Program without training", () => {
    expect(lowered(documentWith({ networks: { net: chain([node("Tanh")], vectorInput(2)) } })).training).toBe(null);
  });
});

// A batch computed in parts: every kind that does not say that it needs the whole batch gives, part by part, the rows of what it
// gives for all, and a loss the mean; and each that says so gives something else in one of its cases. What BatchNorm does between
// parts is tested with real threads (tests/session/crew.test.ts).

import type { Tensor } from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { loss, type PortType } from "../../src/core/kind/ports.ts";
import type { Function } from "../../src/kinds/lowering.ts";
import { functions, layers } from "../../src/kinds/index.ts";
import { drawNumbers, eagerFeeds, type Feeds } from "../../src/runtime/feeds.ts";
import { createOps } from "../../src/runtime/ops.ts";
import { partOf, type Part } from "../../src/runtime/parts.ts";
import { draw } from "../../src/runtime/philox.ts";
import { tfjsShape, toTfjs } from "../../src/targets/tfjs/layout.ts";
import { compileNetwork } from "../../src/targets/tfjs/network.ts";
import { functionContext } from "../helpers/function-context.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { casesOf, type Case } from "./cases.ts";
import { understand } from "./document.ts";
import { acceptedBy, functionCasesOf, otherFunctions } from "./function-cases.ts";
import { emptyState } from "./function-evaluation.ts";
import { lossCasesOf, losses } from "./loss-cases.ts";
import { inputValues, isDiscrete, weightValues, type Plain } from "./values.ts";

beforeAll(openTraining);

const batch = 5;
const parts = [0, 1].map((rank) => partOf(batch, 2, rank)); // three rows and two
const ofRows = (part: Part | null): Feeds => (part ? { ...eagerFeeds(tf), part } : eagerFeeds(tf));

/** What is computed and what is kept: rows or means in `out`, whole tensors in `kept`. */
interface Given {
  readonly out: readonly (readonly number[])[];
  readonly kept: readonly (readonly number[])[];
}

/** All but those that meet the other parts through their operations. */
const layersByThemselves = [...layers.values()].filter((kind) => !kind.mixesSamples || kind.needsWholeBatch);

describe.each(layersByThemselves.map((kind) => [kind.name, kind] as const))("%s", (_, kind) => {
  const cases = casesOf(kind).map((c) => ({ ...c, batch }));
  const paramsOf = (c: Case) => understand(c).program!.instructions.find((each) => each.kind === kind.name)!.params;
  const whole = cases.filter((c) => kind.needsWholeBatch?.(paramsOf(c)));

  if (cases.length > whole.length)
    it("is the same in parts", () => {
      for (const c of cases.filter((each) => !whole.includes(each)))
        expect(apart(evaluate(c)), c.name).toBeLessThan(1e-5);
    });
  if (whole.length > 0)
    it("is another in parts, or nothing, as it says", () => {
      expect(Math.max(...whole.map((c) => apartOrNothing(() => evaluate(c))))).toBeGreaterThan(1e-4);
    });

  function evaluate(c: Case): readonly Given[] {
    const program = understand(c).program!;
    const weights = weightValues(0, program);
    return [null, ...parts].map((part) =>
      tidily(() => {
        const buffers: Tensor[] = [];
        const random = (layer: string) => draw(0, layer, { iteration: 0 });
        const ops = createOps(tf, { secondOrder: false });
        const declared = program.instructions.flatMap((each) => each.weights);
        const network = compileNetwork(tf, program, {
          weights: (path) => upload(weights.get(path)!, declared.find((each) => each.path === path)!.tfjs),
          setBuffer: (_path, value) => void buffers.push(tf.clone(value)),
          ops,
          random,
        });
        const inputs = c.inputs.map(({ id, type, domain }) => [id, inputOf(id, type, part, domain)] as const);
        const evaluation = { training: true, ops, random, feeds: ofRows(part), shown: () => 0 };
        const outputs = Object.values(network.evaluate(Object.fromEntries(inputs), evaluation));
        return { out: outputs.map(numbers), kept: buffers.map(numbers) };
      }),
    );
  }
});

const functionsByThemselves = [...functions.values()].filter((kind) => casesOfFunction(kind).length > 0);

describe.each(functionsByThemselves.map((kind) => [kind.name, kind] as const))("the function %s", (_, kind) => {
  const cases = casesOfFunction(kind);
  const whole = cases.filter(({ params }) => kind.needsWholeBatch?.(params));

  if (cases.length > whole.length)
    it("is the same in parts", () => {
      for (const c of cases.filter((each) => !whole.includes(each)))
        expect(apart(c.evaluate()), c.name).toBeLessThan(1e-5);
    });
  if (whole.length > 0)
    it("is another in parts, or nothing, as it says", () => {
      expect(Math.max(...whole.map((c) => apartOrNothing(() => c.evaluate())))).toBeGreaterThan(1e-4);
    });
});

interface FunctionInParts {
  readonly name: string;
  readonly params: Parameters<NonNullable<Function["needsWholeBatch"]>>[0];
  /** For the whole batch, and for each part. */
  evaluate(): readonly Given[];
}

/** A penalty is left out: it looks into a network. Losses of losses are sums. */
function casesOfFunction(kind: Function): readonly FunctionInParts[] {
  if (kind.differentiates) return [];
  const run = (
    params: FunctionInParts["params"],
    inputs: readonly (Wired | null)[],
    outputs: readonly PortType[],
    state: () => Record<string, Tensor>,
  ) =>
    // prettier-ignore
    [null, ...parts].map((part) =>
      tidily(() => {
        const held = state();
        const types = inputs.map((input) => input && input.type);
        const context = functionContext(tf, { inputs: types, outputs, state: held });
        const drawn = drawNumbers(ofRows(part), () => draw(0, "function", { iteration: 0 }));
        const given = inputs.map((input) => input && inputOf(input.port, input.type, part, input.domain));
        const results = [kind.lowering.tfjs({ ...context, drawn, feeds: ofRows(part) }, params, given)].flat();
        return { out: results.map(numbers), kept: Object.values(held).map(numbers) };
      }),
    );
  if (losses().includes(kind))
    return lossCasesOf(kind)
      .filter(({ inputs }) => inputs.every((input) => input?.type.type !== "loss"))
      .map(({ name, params, inputs }) => ({ name, params, evaluate: () => run(params, inputs, [loss], () => ({})) }));
  if (!otherFunctions().includes(kind)) return [];
  return functionCasesOf(kind).map((c) => ({
    name: c.name,
    params: c.params,
    evaluate() {
      const taken = acceptedBy(kind, c.inputs);
      const inputs = c.inputs.map(({ port }, index) => ({ port, type: taken[index] }));
      return run(c.params, inputs, c.outputs, () => emptyState(tf, c));
    },
  }));
}

/** Within a tidy, which gives tensors alone. */
function tidily(compute: () => Given): Given {
  let given: Given | undefined;
  tf.tidy(() => void (given = compute()));
  return given!;
}

/** Some cannot even be computed in parts. */
function apartOrNothing(evaluate: () => readonly Given[]): number {
  try {
    return apart(evaluate());
  } catch {
    return Infinity;
  }
}

interface Wired {
  readonly port: string;
  readonly type: PortType;
  readonly domain?: Parameters<typeof inputValues>[4];
}

function inputOf(id: string, type: PortType, part: Part | null, domain?: Wired["domain"]): Tensor {
  const { shape, data } = inputValues(0, id, type, batch, domain);
  const each = data.length / batch;
  const { start, rows } = part ?? { start: 0, rows: batch };
  const own = { shape: [rows, ...shape.slice(1)], data: data.slice(start * each, (start + rows) * each) };
  return upload(own, shape.length === 4 ? [0, 2, 3, 1] : null, isDiscrete(type));
}

const upload = ({ shape, data }: Plain, order: readonly number[] | null, discrete = false): Tensor =>
  tf.tensor(toTfjs(data, shape, order).slice(), tfjsShape(shape, order), discrete ? "int32" : "float32");

const numbers = (tensor: Tensor): readonly number[] => [...tensor.dataSync()];

/** How far the parts together are from the whole: rows behind rows, means by their shares, and what is kept in every part. */
function apart([whole, ...inParts]: readonly Given[]): number {
  const together = whole.out.map((values, output) => {
    if (values.length > 1) return inParts.flatMap(({ out }) => [...out[output]]);
    return [inParts.reduce((mean, { out }, rank) => mean + (out[output][0] * parts[rank].rows) / batch, 0)];
  });
  const pairs = [
    ...whole.out.map((values, output) => [values, together[output]] as const),
    ...whole.kept.flatMap((values, index) => inParts.map(({ kept }) => [values, kept[index]] as const)),
  ];
  return Math.max(
    0,
    ...pairs.map(([wanted, found]) => {
      expect(found.length).toBe(wanted.length);
      const size = wanted.reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
      return wanted.reduce((most, x, index) => Math.max(most, Math.abs(x - found[index])), 0) / size;
    }),
  );
}

// What every layer kind writes as ONNX, run in ONNX Runtime, equals tfjs in inference mode: every case at the default
// opset, the leading ones at the oldest and the newest as well.

import { beforeAll, describe, it } from "vitest";
import { layers } from "../../src/kinds/index.ts";
import { opsets, type Opset } from "../../src/targets/onnx/build.ts";
import { openRuntime } from "../../src/targets/onnx/runtime.ts";
import { writeOnnx } from "../../src/targets/onnx/write.ts";
import { openTraining, tf } from "../runtime/wasm-backend.ts";
import { casesOf } from "./cases.ts";
import { expectEqual } from "./compare.ts";
import { understand } from "./document.ts";
import { portOf, resultsOf } from "./evaluation.ts";
import { measured } from "./record.ts";
import { inputValues, isDiscrete, weightValues, type Plain } from "./values.ts";

beforeAll(openTraining);

const usual: Opset = 17;

for (const kind of layers.values())
  describe(kind.name, () => {
    for (const c of casesOf(kind))
      for (const opset of c.leading ? [opsets[0], usual, opsets[opsets.length - 1]] : [usual])
        it(`${c.name}, opset ${opset}, equals tfjs`, async () => {
          const program = understand(c).program!;
          const feeds = c.inputs.map(({ id, type, domain }) => {
            const { shape, data } = inputValues(0, id, type, c.batch, domain);
            return [id, { dims: shape, data: isDiscrete(type) ? BigInt64Array.from(data, BigInt) : data }] as const;
          });
          const model = writeOnnx(program, weightValues(0, program), { opset, producerVersion: "test" });
          const runtime = await openRuntime(model);
          try {
            const results = Object.entries(await runtime.run(Object.fromEntries(feeds)));
            const found = results.map(([name, { dims, data }]): [string, Plain] => [
              portOf(name),
              { shape: dims, data: data as Float32Array },
            ]);
            const computed = await resultsOf(tf, c, program, 0, { training: false, secondOrder: false });
            const expected = [...computed].filter(([name]) => kind.outputs.some((port) => port.name === name));
            expectEqual(new Map(found), new Map(expected), 1e-5, (_, error) => measured(kind, "ONNX Runtime", error));
          } finally {
            await runtime.release();
          }
        });
  });

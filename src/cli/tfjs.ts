/**
 * TensorFlow.js in Node as far as training takes it: the core, its gradients and its chained operations. Of what Node can load,
 * only the bundle of all of tfjs registers gradients (docs/decisions/0005), and that one asks for layers, converter, data and two
 * more backends too, which nothing here uses. They are not read: JavaScript would hold half as much again.
 */
import { createRequire, Module } from "node:module";
import type { Tf } from "../runtime/tf.ts";

const bundle = "@tensorflow/tfjs";
const unused = ["layers", "converter", "data", "backend-cpu", "backend-webgl"].map((part) => `${bundle}-${part}`);

export const tf = load();

/** Empty modules stand where the bundle looks for its parts, while it is read. What has been read before is taken as it is. */
function load(): Tf {
  const require = createRequire(import.meta.url);
  const { resolve } = createRequire(require.resolve(bundle));
  const missing = unused.map((name) => resolve(name)).filter((file) => !(file in require.cache));
  for (const file of missing) require.cache[file] = Object.assign(new Module(file), { loaded: true });
  try {
    return require(bundle) as Tf;
  } finally {
    for (const file of missing) delete require.cache[file];
  }
}

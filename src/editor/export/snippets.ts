/** A few lines of another program that run what was exported, with the right names and shapes. */
import type { FedInput } from "./facts.ts";

export interface Snippet {
  readonly title: string;
  readonly code: string;
}

/** Samples that a snippet asks for. */
const batch = 16;

/** @param outputs names of the network's outputs */
export function onnxSnippets(
  file: string,
  inputs: readonly FedInput[],
  outputs: readonly string[],
): readonly [Snippet, Snippet] {
  return [
    { title: "Python", code: onnxInPython(file, inputs, outputs) },
    { title: "JavaScript", code: onnxInJavaScript(file, inputs, outputs) },
  ];
}

export const safetensorsSnippet = (file: string, network: string): Snippet => ({
  title: "PyTorch",
  code: [
    "from safetensors.torch import load_file",
    "",
    `state = load_file(${quoted(file)})`,
    `${identifier(network)}.load_state_dict(state)  # a module with the same names`,
    `${identifier(network)}.eval()`,
  ].join("\n"),
});

function onnxInPython(file: string, inputs: readonly FedInput[], outputs: readonly string[]): string {
  const feeds = inputs.map(({ name }) => `${quoted(name)}: ${identifier(name)}`).join(", ");
  const results = outputs.map((name) => identifier(name)).join(", ");
  return [
    "import numpy as np",
    "import onnxruntime as ort",
    "",
    `session = ort.InferenceSession(${quoted(file)})`,
    ...inputs.map((input) => `${identifier(input.name)} = ${arrayInPython(input)}`),
    `${results}${outputs.length === 1 ? "," : ""} = session.run([${outputs.map(quoted).join(", ")}], {${feeds}})`,
  ].join("\n");
}

function arrayInPython({ shape, values }: FedInput): string {
  const dims = `(${[batch, ...shape].join(", ")}${shape.length === 0 ? "," : ""})`;
  if (values.from === "classes") return `np.random.randint(${values.count}, size=${dims})`;
  const { from } = values;
  const [a, b] = from === "normal" ? [values.mean, values.std] : [values.low, values.high];
  return `np.random.${from}(${a}, ${b}, ${dims}).astype(np.float32)`;
}

function onnxInJavaScript(file: string, inputs: readonly FedInput[], outputs: readonly string[]): string {
  const feeds = inputs.map(({ name }) => (identifier(name) === name ? name : `${quoted(name)}: ${identifier(name)}`));
  const results = outputs.map((name) => (identifier(name) === name ? name : `${quoted(name)}: ${identifier(name)}`));
  const normal = inputs.some(({ values }) => values.from === "normal");
  return [
    'import * as ort from "onnxruntime-web";',
    "",
    `const session = await ort.InferenceSession.create(${quoted(file)});`,
    ...(normal ? [normalInJavaScript] : []),
    ...inputs.map((input) => `const ${identifier(input.name)} = ${tensorInJavaScript(input)};`),
    `const { ${results.join(", ")} } = await session.run({ ${feeds.join(", ")} });`,
  ].join("\n");
}

/** Box and Muller's transform of two uniform numbers. */
const normalInJavaScript =
  "const normal = () =>\n  Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());";

function tensorInJavaScript({ shape, values }: FedInput): string {
  const size = `{ length: ${[batch, ...shape].join(" * ")} }`;
  const dims = `[${[batch, ...shape].join(", ")}]`;
  switch (values.from) {
    case "classes": {
      const one = `() => BigInt(Math.floor(${values.count} * Math.random()))`;
      return `new ort.Tensor("int64", BigInt64Array.from(${size}, ${one}), ${dims})`;
    }
    case "normal": {
      const scaled = values.std === 1 ? "normal()" : `${values.std} * normal()`;
      const one = values.mean === 0 && values.std === 1 ? "normal" : `() => ${values.mean} + ${scaled}`;
      return `new ort.Tensor("float32", Float32Array.from(${size}, ${one}), ${dims})`;
    }
    case "uniform": {
      const one = `() => ${values.low} + ${values.high - values.low} * Math.random()`;
      return `new ort.Tensor("float32", Float32Array.from(${size}, ${one}), ${dims})`;
    }
  }
}

const quoted = (text: string): string => JSON.stringify(text);

/** A name that both languages take as a variable and that the snippets do not use themselves. */
function identifier(name: string): string {
  const plain = name.replace(/\W/g, "_").replace(/^(?=\d)/, "_") || "_";
  return reserved.has(plain) ? `${plain}_` : plain;
}

const reserved: ReadonlySet<string> = new Set(
  "session ort np normal state class def in is for from import lambda not or and if else with as new let const var".split(
    " ",
  ),
);

/** Networks of a run as files, ONNX with its proof; weights and models from files. */
import ortWasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { version } from "../../package.json";
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";
import { samplerName, samplerOf, samplerWeights } from "../core/program/sampler.ts";
import type { NetworkProgram, Program } from "../core/program/types.ts";
import { fitWeights, weightsByNetwork, type WeightStore } from "../core/program/weights.ts";
import { vocabulary } from "../kinds/index.ts";
import type { Answers, NetworkFit, Requests } from "../session/protocol.ts";
import type { Session } from "../session/session.ts";
import { encodeCheckpointWeights } from "../session/checkpoint.ts";
import type { Opset } from "../targets/onnx/build.ts";
import { decodeModel } from "../targets/onnx/model.ts";
import { proveOnnx, tolerances } from "../targets/onnx/prove.ts";
import { readOnnx } from "../targets/onnx/read.ts";
import { weightsIn } from "../targets/onnx/read-weights.ts";
import { restoredWeights } from "../targets/onnx/restore-weights.ts";
import { originOf } from "../targets/onnx/origin.ts";
import { documentIn, metadataOf } from "../targets/onnx/write-metadata.ts";
import { writeOnnx } from "../targets/onnx/write.ts";
import { weightsInSafetensors } from "../targets/safetensors/weights.ts";
import { compileAlone } from "../targets/tfjs/alone.ts";
import { runNchw } from "../targets/tfjs/nchw.ts";
import { onWasm } from "./backend.ts";
import type { Run } from "./run.ts";

/** Throws a UserError where tfjs and ONNX Runtime do not agree: such a file is not given out. */
export async function exportOnnx(
  { session, lowered, backend }: Run,
  { network: name, opset, weights: storage, keepDropout, document }: Requests["exportOnnx"],
  preparing: (what: string, part: number | null) => void,
): Promise<Answers["exportOnnx"]> {
  const { program } = lowered;
  const [network, weights] = name === null ? await samplerIn(program, session) : [networkNamed(program.networks, name), await session.weights(name)]; // prettier-ignore
  const { seed, iteration: iterations } = session;
  const origin = await originOf({ document, network: network.name, program, seed, iterations });
  const write = (dropout: boolean) =>
    writeOnnx(network, weights, {
      opset: opset as Opset,
      producerVersion: version,
      keepDropout: dropout,
      weights: storage,
      metadata: metadataOf(origin),
      docString: lowered.document.description ?? lowered.document.name,
    });
  preparing("Writing the file", null);
  const bytes = write(keepDropout);
  const tolerance = tolerances[storage];
  // always there: a GPU's rounding differs from one to the next, and would be held against the file
  preparing("Comparing with ONNX Runtime", null);
  const proof = await onWasm(backend, async () => {
    const { model, dispose } = compileAlone(backend.tf, network, weights, seed);
    try {
      return await proveOnnx({
        bytes: keepDropout ? write(false) : bytes,
        network,
        run: (feeds) => runNchw(backend.tf, model, feeds),
        seed,
        wasm: new URL(ortWasm, import.meta.url).href,
      });
    } finally {
      dispose();
    }
  });
  const { largest, relative, samples, spread, perOutput } = proof;
  if (!(largest <= tolerance)) {
    const [[output]] = Object.entries(perOutput).sort((a, b) => b[1] - a[1]);
    throw new UserError(
      diagnose(
        "onnx-disagrees",
        { graph: name === null ? "training" : `networks.${name}` },
        { difference: largest, tolerance, output },
      ),
    );
  }
  return { bytes, proof: { largest, relative, samples, spread, tolerance, backend: "ONNX Runtime, WebAssembly" } };
}

/** The whole way to the sample as one network, with the weights that samples are drawn with. */
async function samplerIn(program: Program, session: Session): Promise<readonly [NetworkProgram, WeightStore]> {
  const sampler = samplerOf(program, vocabulary);
  const read = program.networks.map(async ({ name }) => [name, await session.weights(name)] as const);
  const stores = new Map(await Promise.all(read));
  return [sampler, samplerWeights(program, sampler, (network) => stores.get(network)!)];
}

export async function exportSafetensors(
  { session, lowered }: Run,
  network: string,
): Promise<Answers["exportSafetensors"]> {
  const { name } = networkNamed(lowered.program.networks, network);
  return { bytes: encodeCheckpointWeights(await session.weights(name)) };
}

/** Weights whose name and shape a network has take the place of its own; the others stay as they are. */
export async function importWeights(
  { session, lowered }: Run,
  { network: name, bytes }: Requests["importWeights"],
): Promise<Answers["importWeights"]> {
  const { networks } = lowered.program;
  const given = weightsInSafetensors(bytes, "the file");
  const names = networks.map((each) => each.name);
  const fits: NetworkFit[] = [];
  for (const [of, part] of name === null ? weightsByNetwork(given, names) : [[name, given] as const]) {
    const network = networkNamed(networks, of);
    const own = await session.weights(of, { raw: true });
    const { weights, ...fit } = fitWeights(network, restoredWeights(network, part), own);
    if (fit.taken > 0) session.setWeights(of, weights);
    fits.push({ network: of, ...fit });
  }
  return { fits };
}

/** The document that travels in the file where there is one, else the file's graph read. */
export function importOnnx({ name, bytes }: Requests["importOnnx"]): Answers["importOnnx"] {
  const travelling = travellingIn(bytes);
  if (travelling?.network) {
    const { document, network, weights } = travelling;
    return { document, network: network === samplerName ? null : network, weights: encodeCheckpointWeights(weights) };
  }
  const { document, network, weights } = readOnnx(bytes, name);
  return { document: JSON.stringify(document), network, weights: encodeCheckpointWeights(weights) };
}

function travellingIn(bytes: Uint8Array) {
  try {
    const model = decodeModel(bytes);
    const found = documentIn(model);
    return found && { ...found, weights: weightsIn(model) };
  } catch {
    return null; // readOnnx says what is wrong
  }
}

function networkNamed(networks: readonly NetworkProgram[], name: string): NetworkProgram {
  const found = networks.find((network) => network.name === name);
  if (found) return found;
  throw new UserError(diagnose("network-unknown", {}, { network: name, networks: networks.map((each) => each.name) }));
}

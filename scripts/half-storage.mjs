// What storage float16 costs and saves on WebGPU (docs/decisions/0014): the GPU memory of a captured iteration of dcgan-mnist at
// several batches, which recording on paper tells without computing, and at the smallest batch the time of replayed iterations,
// float32 and float16 in turns. Works on the built command line (npm run build); without a GPU on a software adapter
// (VK_ICD_FILENAMES, see tests/runtime/software-gpu.ts).
//
//     node scripts/half-storage.mjs [rounds]
import path from "node:path";
import { pathToFileURL } from "node:url";

const batches = [4, 16, 64];
const storages = ["float32", "float16"];
const rounds = Number(process.argv[2] ?? 24);

const dist = (module) => import(pathToFileURL(path.resolve("dist", module)));
const { openBackend } = await dist("cli/backend.js");
const { openDocument, programOf } = await dist("cli/document.js");
const { loadDataSets } = await dist("cli/datasets.js");
const { capture } = await dist("runtime/capture/capture.js");
const { createHomes } = await dist("runtime/capture/homes.js");
const { internalsOf } = await dist("runtime/capture/internals.js");
const { assemble } = await dist("session/assembly.js");
const { beginIteration } = await dist("session/iteration.js");
const { createSession } = await dist("session/session.js");

const program = programOf(await openDocument("dcgan-mnist"));
const dataSets = await loadDataSets(program);
const { tf, variant, device } = await openBackend("webgpu");
process.stdout.write(`dcgan-mnist, ${device}\n`);

const sessions = Object.fromEntries(storages.map((storage) => [storage, opened(storage)]));
for (const session of Object.values(sessions)) await advance(session, 1); // compiles

for (const batch of batches) {
  const [single, half] = [await planned(batch, "float32"), await planned(batch, "float16")];
  const megabytes = ({ bytes, dispatches }) => `${(bytes / 1e6).toFixed(1)} MB (${dispatches} dispatches)`;
  process.stdout.write(`batch ${batch}: ${megabytes(single)} → ${megabytes(half)}, × ${(half.bytes / single.bytes).toFixed(2)}\n`); // prettier-ignore
}

for (const session of Object.values(sessions)) await advance(session, 4); // captured from then on
const ratios = [];
for (let round = 0; round < rounds; round++) {
  const [single, half] = [await timed(sessions.float32), await timed(sessions.float16)];
  ratios.push(half / single);
}
ratios.sort((a, b) => a - b);
const quantile = (q) => ratios[Math.floor(q * (ratios.length - 1))].toFixed(2);
process.stdout.write(`batch ${batches[0]}: time × ${quantile(0.5)}, half of ${rounds} rounds from ${quantile(0.25)} to ${quantile(0.75)}\n`); // prettier-ignore
process.exit(0); // Dawn keeps Node alive

function opened(storage) {
  return createSession({ tf, program, dataSets, batch: batches[0], variant, storage, readEvery: 1 });
}

function advance(session, iterations) {
  return session.run({ until: session.iteration + iterations, report: () => undefined });
}

/** Milliseconds of two iterations, until their losses are read. */
async function timed(session) {
  const began = performance.now();
  await advance(session, 2);
  return performance.now() - began;
}

/** Of a captured iteration, its state aside. */
async function planned(batch, storage) {
  const { machine, state, dispose } = assemble({ tf, program, dataSets, seed: 1, batch, measureGradients: false, storage }); // prettier-ignore
  const backend = internalsOf(tf);
  const homes = createHomes(tf, backend, state.parts);
  const captured = await capture(tf, backend, homes, {
    run(feeds, ahead, results) {
      const work = beginIteration({ ...machine, feeds }, { iteration: ahead });
      for (const slice of machine.training.iteration) work.perform(slice);
      results(new Map(work.losses));
      work.finish();
      for (const optimizer of machine.optimizers.values()) optimizer.steps = 0;
    },
    mark: () => () => undefined,
  });
  const { bytes, dispatches } = captured;
  captured.dispose();
  homes.release();
  dispose();
  return { bytes, dispatches };
}

// What `npm ci` leaves ready: the WebAssembly kernels, dist/ (Node 20 does not run .ts files) and the data sets. In an
// installed package, which has no sources, there is nothing to build.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const started = performance.now();
const step = async (name, run) => {
  const begun = performance.now();
  await run();
  process.stdout.write(`  ${name} ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
};

if (existsSync(path.join(root, "src/cli/main.ts"))) {
  process.stdout.write("Building GANvas\n");
  await step("kernels", async () => (await import("./build-kernels.mjs")).buildKernels());
  await step("dist", compile);
  await step("data", async () => (await import("./build-data.mjs")).buildData());
  process.stdout.write(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Builds beside dist/ and puts it in place in one go, so that a command that runs meanwhile finds a whole one. */
function compile() {
  const [dist, fresh] = [path.join(root, "dist"), path.join(root, `dist.${process.pid}`)];
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", path.join(root, "tsconfig.json"), "--outDir", fresh], {
    stdio: "inherit",
  });
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    process.exit(1);
  }
  const kernels = "runtime/wasm";
  for (const name of readdirSync(path.join(root, "src", kernels)).filter((file) => file.endsWith(".wasm")))
    cpSync(path.join(root, "src", kernels, name), path.join(fresh, kernels, name));
  chmodSync(path.join(fresh, "cli/main.js"), 0o755);
  const old = `${fresh}.old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}

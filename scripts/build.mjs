// What `npm ci` leaves ready: the WebAssembly kernels, the data sets, and dist/ with the command line (Node 20 does not run
// .ts files) and the studio. In an installed package, which has no sources, there is nothing to build.
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
  await step("data", async () => {
    (await import("./build-data.mjs")).buildData();
    await (await import("./build-emoji.mjs")).buildEmoji();
  });
  const fresh = path.join(root, `dist.${process.pid}`);
  try {
    await step("command line", () => compile(fresh));
    await step("studio", () => buildStudio(path.join(fresh, "studio")));
    replace(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  process.stdout.write(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}

function compile(fresh) {
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", path.join(root, "tsconfig.json"), "--outDir", fresh], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the sources do not compile");
  const kernels = "runtime/wasm";
  for (const name of readdirSync(path.join(root, "src", kernels)).filter((file) => file.endsWith(".wasm")))
    cpSync(path.join(root, "src", kernels, name), path.join(fresh, kernels, name));
  chmodSync(path.join(fresh, "cli/main.js"), 0o755);
}

/** A static site that works from any path, with the built-in data sets in it. */
async function buildStudio(folder) {
  const { build } = await import("vite");
  const editor = path.join(root, "src/editor");
  const pages = ["index.html", "gallery.html"]; // nothing of the gallery comes with the studio
  await build({
    configFile: path.join(root, "vite.config.ts"),
    root: editor,
    logLevel: "warn",
    build: { outDir: folder, rolldownOptions: { input: pages.map((page) => path.join(editor, page)) } },
  });
  // equations' letters are there as WOFF2 too, which stands first and which every browser that can train reads
  for (const font of readdirSync(path.join(folder, "assets")).filter((file) => /\.(woff|ttf)$/.test(file)))
    rmSync(path.join(folder, "assets", font));
  cpSync(path.join(root, "data"), path.join(folder, "data"), { recursive: true });
}

/** What was built beside dist/ takes its place in one go, so that a command that runs meanwhile finds a whole one. */
function replace(fresh) {
  const dist = path.join(root, "dist");
  const old = `${fresh}.old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}

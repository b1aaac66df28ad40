import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { root, scratch } from "./ganvas.ts";

const { folder, remove } = scratch("package");
afterAll(remove);

it("packs everything that templates, train, export and the studio need, below 20 MB", () => {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root });
  const [tarball] = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  expect(statSync(path.join(folder, tarball)).size).toBeLessThan(20e6);
  const home = path.join(folder, "node_modules");
  mkdirSync(home);
  execFileSync("tar", ["-xzf", path.join(folder, tarball), "-C", home]);
  // what `npm install` would bring: the dependencies, and no development dependency is asked for by dist/
  symlinkSync(path.join(root, "node_modules"), path.join(home, "package/node_modules"));
  const studio = path.join(home, "package/dist/studio");
  expect([existsSync(path.join(studio, "index.html")), existsSync(path.join(studio, "data"))]).toEqual([true, false]); // data/ has them once
  const ganvas = (...args: string[]) =>
    execFileSync(process.execPath, [path.join(home, "package/dist/cli/main.js"), ...args], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  expect(ganvas("templates")).toMatch(/^dcgan-mnist/m);
  expect(ganvas("train", "dcgan-mnist", "--steps", "2", "--out", "run", "--backend", "wasm")).toMatch(
    /Trained 2 iterations/,
  );
  expect(ganvas("export", "run", "--format", "onnx", "-o", "g.onnx")).toMatch(
    /largest difference between tfjs and ONNX Runtime/,
  );
  expect(existsSync(path.join(folder, "g.onnx"))).toBe(true);
});

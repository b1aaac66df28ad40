import { createReadStream, statSync } from "node:fs";
import path from "node:path";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The studio is built from src/editor into dist/studio, with relative addresses: it works from any path. */
export default defineConfig({
  root: process.env.VITEST ? undefined : "src/editor",
  base: "./",
  plugins: [react(), serveData()],
  server: { fs: { allow: [import.meta.dirname] } },
  build: {
    outDir: "../../dist/studio",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0, // the Content-Security-Policy has no data: for scripts and fonts
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
  worker: { format: "es" },
  optimizeDeps: {
    // what the worker imports is found late, and finding it reloads the page
    include: [
      "@bufbuild/protobuf",
      "@bufbuild/protobuf/codegenv2",
      "@tensorflow/tfjs-backend-wasm",
      "@tensorflow/tfjs-backend-webgpu",
      "@tensorflow/tfjs-core",
      "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops",
      "@tensorflow/tfjs-core/dist/register_all_gradients",
      "fflate",
      "idb",
      "onnxruntime-web/wasm",
    ],
  },
  resolve: {
    // by its parts: without layers, converter, data and the backends that the studio does not use
    alias: [{ find: /^@tensorflow\/tfjs$/, replacement: "@tensorflow/tfjs-core" }],
  },
  test: {
    include: ["tests/**/*.test.{ts,tsx}"],
    globalSetup: ["tests/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
    execArgv: ["--experimental-wasm-relaxed-simd"],
    alias: { "@tensorflow/tfjs": "@tensorflow/tfjs" },
  },
});

/** In development the built-in data sets lie at data/, as the build puts them beside the page. */
function serveData(): Plugin {
  const folder = path.join(import.meta.dirname, "data");
  return {
    name: "ganvas-data",
    configureServer(server) {
      server.middlewares.use("/data", (request, response, next) => {
        const file = path.join(folder, path.normalize(decodeURIComponent(request.url?.split("?")[0] ?? "/")));
        const found = file.startsWith(folder + path.sep) ? statSync(file, { throwIfNoEntry: false }) : undefined;
        if (!found?.isFile()) return next();
        response.setHeader("Content-Length", found.size);
        createReadStream(file).pipe(response);
      });
    },
  };
}

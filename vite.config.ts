import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The studio is built from src/editor into dist/studio, with relative addresses: it works from any path. */
export default defineConfig({
  root: process.env.VITEST ? undefined : "src/editor",
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../../dist/studio",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0, // the Content-Security-Policy has no data: for scripts and fonts
    chunkSizeWarningLimit: 2000,
    reportCompressedSize: false,
  },
  worker: { format: "es" },
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

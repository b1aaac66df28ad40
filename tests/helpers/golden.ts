/** Texts that are kept in a file and reviewed as prose. `UPDATE_GOLDEN=1 npx vitest run` writes them anew. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";

export function expectGolden(name: string, text: string): void {
  const file = path.resolve(import.meta.dirname, "../golden", name);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
  expect(existsSync(file), `${file} is missing: run with UPDATE_GOLDEN=1`).toBe(true);
  expect(text).toBe(readFileSync(file, "utf8"));
}

import { expect, it } from "vitest";
import { ago } from "../../../src/editor/app/when.ts";

const now = Date.UTC(2026, 5, 15, 12);
const minutes = 60_000;

it.each([
  [0, "now"],
  [5 * minutes, "5 minutes ago"],
  [3 * 60 * minutes, "3 hours ago"],
  [24 * 60 * minutes, "yesterday"],
])("%i ms before is %s", (before, words) => expect(ago(now - before, now)).toBe(words));

/** The protocol, spoken with small programs. */
import { describe, expect, it } from "vitest";
import { startContestant, type Running } from "../../../src/cli/bench/contestant.ts";

const program = (text: string) => ({ program: process.execPath, args: ["-e", text] });
const doubling = program(`
  console.log("a library greets");
  console.log(JSON.stringify({ versions: { own: "1" }, greeting: process.env.GREETING ?? null }));
  require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const { steps } = JSON.parse(line);
    if (steps > 2) throw new RangeError("too many steps");
    console.log(JSON.stringify({ ms: 2 * steps }));
  });`);

async function running(command: Parameters<typeof startContestant>[0]) {
  const started = await startContestant<{ versions: object; greeting: string | null }, { ms: number }>(command);
  if (started.status !== "running") throw new Error(started.why);
  return started.contestant;
}

async function withRunning<T>(contestant: Running<T, { ms: number }>, work: () => Promise<void>) {
  try {
    await work();
  } finally {
    contestant.stop();
  }
}

describe("a contestant", () => {
  it("says what it is, whatever else its libraries print, and answers request after request", async () => {
    const contestant = await running({ ...doubling, env: { GREETING: "hello" } });
    await withRunning(contestant, async () => {
      expect(contestant.ready).toEqual({ versions: { own: "1" }, greeting: "hello" });
      expect(await contestant.ask({ steps: 1 })).toEqual({ ms: 2 });
      expect(await contestant.ask({ steps: 2 })).toEqual({ ms: 4 });
    });
  });

  it("that ends in the middle is an error with its last words", async () => {
    const contestant = await running(doubling);
    await withRunning(contestant, () => expect(contestant.ask({ steps: 3 })).rejects.toThrow("too many steps"));
  });

  it.each([
    ["does not exist", { program: "/nowhere/python3", args: [] }, /ENOENT/],
    ["ends before it is ready", program(`console.error("no OpenBLAS"); process.exit(1)`), /no OpenBLAS/],
    [
      "throws an error of a class of its own",
      program(
        `console.error("OutOfMemory [UserError]: error out-of-memory: no\\n    at x\\n\\nNode.js v20"); process.exit(1)`,
      ),
      /^out-of-memory: no$/,
    ],
    ["ends without a word", program("process.exit(3)"), /exit code 3/],
  ])("that %s is absent, and why is told", async (_, command, why) => {
    const started = await startContestant(command);
    expect(started.status).toBe("absent");
    expect(started.status === "absent" && started.why).toMatch(why);
  });
});

/**
 * A contestant in a process of its own: nothing that one of them loads, allocates or warms up touches another. It speaks one
 * line of JSON at a time. First it says what it is ({"versions": …}), then it answers each request ({"steps": 4}) with what it
 * measured ({"ms": 12.5, …}). What it writes to stderr is kept, to tell why it ended.
 */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import readline from "node:readline";

/** How to start one. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process at work. `Ready` is its first line, `Answer` each one after it. */
export interface Running<Ready, Answer> {
  readonly ready: Ready;
  /** Sends a request and waits for the line that answers it. Throws where the process ends instead, with its last words. */
  ask(request: object): Promise<Answer>;
  /** Ends the process. */
  stop(): void;
}

export type Started<Ready, Answer> =
  | { readonly status: "running"; readonly contestant: Running<Ready, Answer> }
  /** It could not be started, or ended before it was ready. */
  | { readonly status: "absent"; readonly why: string };

export async function startContestant<Ready, Answer>({ program, args, env }: Command): Promise<Started<Ready, Answer>> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const words = lastWords(child);
  child.stdin.on("error", () => {}); // it has ended; the missing answer tells
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T | null> => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) return null;
      if (value.startsWith("{")) return JSON.parse(value) as T; // libraries print to stdout too
    }
  };
  const ready = await next<Ready>();
  if (ready === null) return { status: "absent", why: await words() };
  const contestant: Running<Ready, Answer> = {
    ready,
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = await next<Answer>();
      if (answer === null) throw new Error(`${program} ended before it answered: ${await words()}`);
      return answer;
    },
    stop: () => void child.kill(),
  };
  return { status: "running", contestant };
}

/** The error that it wrote to stderr, else its last line, or how it ended, once it has. */
function lastWords(child: ChildProcessWithoutNullStreams): () => Promise<string> {
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said = (said + text.toString()).slice(-4000)));
  const ended = new Promise<string>((resolve) => {
    child.on("error", ({ message }) => resolve(message));
    child.on("close", (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
  return async () => {
    const how = await ended;
    const lines = said.trim().split("\n");
    const error = lines.find((line) => /^\w*Error\b|^\w+ \[\w*Error\]: /.test(line));
    return error?.replace(/^\w+ \[\w+\]: (error )?/, "") ?? (lines.at(-1) || how);
  };
}

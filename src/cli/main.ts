#!/usr/bin/env node
/** The command line: which commands there are, and how a failure ends. Each command is a file in commands/. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { Command, CommanderError } from "commander";
import { benchCommand } from "./bench/bench.ts";
import { checkCommand } from "./commands/check.ts";
import { exportCommand } from "./commands/export.ts";
import { datasetsCommand, kindsCommand, templatesCommand } from "./commands/lists.ts";
import { runCommand } from "./commands/run.ts";
import { sampleCommand } from "./commands/sample.ts";
import { serveCommand } from "./commands/serve.ts";
import { summaryCommand } from "./commands/summary.ts";
import { trainCommand } from "./commands/train.ts";
import { packageRoot } from "./files.ts";
import { explain } from "./output.ts";

const { version } = JSON.parse(readFileSync(path.join(packageRoot, "package.json"), "utf8")) as { version: string };

const ganvas = new Command("ganvas")
  .description("Wire layers and losses into GANs, train them, and ship them as ONNX.")
  .version(version)
  .showHelpAfterError("(ganvas --help lists the commands)");
const commands = [
  templatesCommand(),
  datasetsCommand(),
  kindsCommand(),
  checkCommand(),
  summaryCommand(),
  trainCommand(),
  sampleCommand(),
  runCommand(),
  exportCommand(version),
  serveCommand(),
  benchCommand(),
];
for (const command of commands) ganvas.addCommand(command.exitOverride());

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // the reader, such as head, has seen enough
  throw error;
});

try {
  await ganvas.exitOverride().parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : explain(error);
}
// Dawn and open handles would keep Node alive; what was printed is flushed first
await new Promise((resolve) => process.stdout.write("", resolve));
process.exit();

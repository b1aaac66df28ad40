/** `serve`: the studio as built, at an address of this machine alone. */
import { spawn } from "node:child_process";
import path from "node:path";
import { Command } from "commander";
import { packageRoot } from "../files.ts";
import { portNumber } from "../options.ts";
import { notice, result } from "../output.ts";
import { startServer } from "../site.ts";

const preferredPort = 4270;

export const serveCommand = (): Command =>
  new Command("serve")
    .description("opens the studio at an address of this machine alone, until Ctrl+C")
    .option("--port <n>", `the port; the first free one from ${preferredPort} on where left out`, portNumber)
    .option("--open", "opens the page in the browser that the system prefers")
    .action(async ({ port, open }: { port?: number; open?: boolean }) => {
      const folder = path.join(packageRoot, "dist/studio");
      const server = await startServer({
        folder,
        data: path.join(packageRoot, "data"),
        port: port ?? null,
        from: preferredPort,
      });
      result(`GANvas is at ${server.address} (Ctrl+C ends it)`);
      if (open) openBrowser(server.address);
      await new Promise<void>((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
      await server.close();
    });

/** A machine without a desktop has no such program: the address above is enough then. */
function openBrowser(address: string): void {
  const [program, ...before] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[process.platform as string] ?? [
    "xdg-open",
  ];
  const child = spawn(program, [...before, address], { stdio: "ignore", detached: true });
  child.on("error", () => notice("No browser could be opened from here; open the address yourself."));
  child.unref();
}

/** The built studio as suites measure it: served here, opened by the programs of bench/page in a Chromium. */
import path from "node:path";
import { packageRoot } from "../files.ts";
import { startServer, type Site } from "../site.ts";
import { startContestant, type Started } from "./contestant.ts";

export interface PageVersions {
  readonly versions: { readonly chromium: string };
}

/** A program of bench/page, or why there is none: no Chromium, say, or a package without what is there to develop it. */
export const startPage = <Answer>(program: "editor" | "load" | "steps"): Promise<Started<PageVersions, Answer>> =>
  startContestant({ program: process.execPath, args: [path.join(packageRoot, `bench/page/${program}.mjs`)] });

/** Throws a UserError where the studio is not built. */
export const serveStudio = (): Promise<Site> =>
  startServer({
    folder: path.join(packageRoot, "dist/studio"),
    data: path.join(packageRoot, "data"),
    port: 0,
    from: 0,
  });

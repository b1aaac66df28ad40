/**
 * A server of static files for the studio: one folder, read-only, on 127.0.0.1. It says what a page from it may do (nothing
 * is fetched from elsewhere, no text is run as a program) and lets the page be isolated from other sites.
 */
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { diagnose, UserError } from "../core/analysis/diagnostics.ts";

export interface SiteOptions {
  /** The built studio. */
  readonly folder: string;
  /** Built-in data sets, served as data/ where the folder has none. */
  readonly data: string;
  /** Null takes the first free port from `from` on. */
  readonly port: number | null;
  readonly from: number;
}

export interface Site {
  readonly address: string;
  close(): Promise<void>;
}

/** What a page of the studio may load and run. KaTeX and React set style attributes; nothing injects style elements. */
export const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "connect-src 'self' blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
].join("; ");

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
};

/** Throws a UserError where the studio is not built, or a port that was asked for by number is taken. */
export async function startServer({ folder, data, port, from }: SiteOptions): Promise<Site> {
  if (!(await stat(path.join(folder, "index.html")).catch(() => null)))
    throw new UserError(diagnose("studio-missing", {}, { path: folder }));
  const site = await realpath(folder);
  const beside = await realpath(data).catch(() => null);
  const server = createServer((request, response) => void answer(request, response, site, beside));
  const chosen = await listen(server, port ?? from, port === null ? 100 : 1);
  return {
    address: `http://127.0.0.1:${chosen}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Tries so many ports in a row; 0 lets the system choose. */
async function listen(server: Server, first: number, tries: number): Promise<number> {
  for (let port = first; ; port++) {
    try {
      await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if ((code !== "EADDRINUSE" && code !== "EACCES") || port + 1 >= first + tries)
        throw new UserError(diagnose("port-taken", {}, { port, reason: code ?? String(error) }));
    } finally {
      server.removeAllListeners("error");
    }
  }
}

/** The studio's folder first, then the data sets where the address begins with data/. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  site: string,
  data: string | null,
): Promise<void> {
  response.setHeader("Content-Security-Policy", contentSecurityPolicy);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
  response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
  if (request.method !== "GET" && request.method !== "HEAD")
    return end(response, 405, "Only reading is possible here.");
  const asked = pathOf(request.url ?? "/");
  if (asked === null) return end(response, 400, "That is no address of a file.");
  const wanted = asked.endsWith("/") ? `${asked}index.html` : asked;
  const [, inData] = /^\/data\/(.+)$/.exec(wanted) ?? [];
  const found = (await fileIn(site, wanted)) ?? (data && inData ? await fileIn(data, inData) : null);
  if (!found) return end(response, 404, "There is no such file.");
  response.setHeader("Content-Type", types[path.extname(found.file)] ?? "application/octet-stream");
  response.setHeader("Content-Length", found.size);
  const hashed = /^\/assets\/.+-[\w-]{8}\.\w+$/.test(wanted); // the name changes with the content
  response.setHeader("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.method === "HEAD") return void response.end();
  createReadStream(found.file)
    .on("error", () => response.destroy())
    .pipe(response);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(text);
}

function pathOf(url: string): string | null {
  try {
    const decoded = decodeURIComponent(new URL(url, "http://127.0.0.1").pathname);
    return decoded.includes("\0") ? null : decoded;
  } catch {
    return null;
  }
}

/** A file below the root, links followed; null for anything that is not. */
async function fileIn(root: string, wanted: string): Promise<{ readonly file: string; readonly size: number } | null> {
  const file = await realpath(path.join(root, wanted)).catch(() => null);
  if (!file || !file.startsWith(root + path.sep)) return null;
  const found = await stat(file);
  return found.isFile() ? { file, size: found.size } : null;
}

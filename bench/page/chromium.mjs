// What the programs that drive a page have in common: a Chromium, and lines of JSON that are answered one by one.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import readline from "node:readline";
import { chromium } from "playwright-core";
import { findBrowser } from "../../scripts/browser.mjs";

/** Ends the program with a sentence where there is no Chromium. @param args of its command line */
export async function openChromium(args = []) {
  const found = findBrowser();
  if (!found) {
    process.stderr.write("no Chromium is found here (Debian: chromium; elsewhere set CHROME_PATH)\n");
    process.exit(1);
  }
  return chromium.launch({ executablePath: found.browser, args: ["--no-sandbox", ...args] });
}

/** Says that the browser is there, then answers each line by the function that its key "do" names. Ends with its input. */
export async function answerLines(browser, answers) {
  const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  say({ versions: { chromium: browser.version() } });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: name, ...request } = JSON.parse(line);
    say(await answers[name](request));
  }
  await browser.close();
  process.exit();
}

/** Serves a built page to this machine alone. */
export async function serveFolder(folder) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" }; // prettier-ignore
  const server = createServer((request, response) => {
    const file = path.join(folder, new URL(request.url, "http://x").pathname.replace(/\/$/, "/index.html"));
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    const type = types[path.extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type }).end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

export const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

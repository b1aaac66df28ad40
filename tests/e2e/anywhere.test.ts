/** The build is a static site: a plain file server gives it, from any path and without headers of its own. */
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { requireBrowser } from "../../scripts/browser.mjs";

const root = path.resolve(import.meta.dirname, "../..");
const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};
const folder = mkdtempSync(path.join(tmpdir(), "ganvas-anywhere-"));
let server: Server;
let browser: Browser;

beforeAll(async () => {
  cpSync(path.join(root, "dist/studio"), path.join(folder, "courses/gan/studio"), { recursive: true });
  server = createServer((request, response) => {
    const file = path.join(folder, new URL(request.url!, "http://x").pathname.replace(/\/$/, "/index.html"));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": types[path.extname(file)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launch({ executablePath: requireBrowser().browser, args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

it("trains from a folder deep in somebody's site", async () => {
  const page = await browser.newPage();
  const failed: string[] = [];
  page.on("response", (response) => {
    if (response.status() >= 400) failed.push(response.url());
  });
  page.on("console", (message) => {
    if (message.type() === "error") failed.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/courses/gan/studio/`);
  await page.getByText("DCGAN on MNIST").first().click();
  await page.getByRole("button", { name: /^Train/ }).waitFor(); // the document is open, and keys are its own
  await page.keyboard.press(".");
  await page.getByText("iteration 1", { exact: true }).waitFor({ timeout: 120_000 });
  expect(failed).toEqual([]);
}, 180_000);

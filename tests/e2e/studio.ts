/**
 * The built studio in a real Chromium, for tests that use it as a person does: mouse, keyboard, files. Whatever page it
 * opens is watched: an error on the console, an exception or a request to another origin fails the test that closes it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import { requireBrowser } from "../../scripts/browser.mjs";
import { startServer } from "../../src/cli/site.ts";

const root = path.resolve(import.meta.dirname, "../..");

export interface StudioOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  readonly touch?: boolean;
  /** Another folder than the built studio. */
  readonly folder?: string;
}

export interface OpenStudio {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly address: string;
  /** Another page of the same browser, watched too. */
  another(): Promise<Page>;
  /** Ends browser and server; fails where a page complained or asked another origin for something. */
  close(): Promise<void>;
}

/** A fresh profile on a port of its own. */
export async function openStudio(options: StudioOptions = {}): Promise<OpenStudio> {
  const { width = 1440, height = 900, theme = "light", touch = false } = options;
  const site = await startServer({
    folder: options.folder ?? path.join(root, "dist/studio"),
    data: path.join(root, "data"),
    port: 0,
    from: 0,
  });
  const profile = mkdtempSync(path.join(tmpdir(), "ganvas-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: requireBrowser().browser,
    headless: true,
    args: browserArguments,
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
    hasTouch: touch,
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const complaints: string[] = [];
  const watch = (page: Page) => {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning")
        complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  };
  context.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && hostname !== "127.0.0.1") complaints.push(`request to ${request.url()}`);
  });
  context.on("page", watch);
  context.pages().forEach(watch);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(site.address);
  return {
    page,
    context,
    address: site.address,
    another: async () => {
      const other = await context.newPage();
      await other.goto(site.address);
      return other;
    },
    async close() {
      await context.close();
      await site.close();
      rmSync(profile, { recursive: true, force: true });
      expect(complaints).toEqual([]);
    },
  };
}

/** WebGPU on the software adapter is there for whoever asks for it by name. */
const browserArguments = [
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

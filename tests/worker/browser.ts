/// <reference types="node" />
/** A real browser with the worker's test page, built and served under the studio's Content-Security-Policy. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { build } from "vite";
import { startServer, type Site } from "../../src/cli/site.ts";
import { requireBrowser } from "../../scripts/browser.mjs";
import type { Answers, News, RequestName, Requests } from "../../src/session/protocol.ts";
import type { TestPage } from "./page.ts";

export interface Tab {
  readonly page: Page;
  /** The answer with its arrays as plain lists; rejects with the client's error. */
  ask<Name extends RequestName>(name: Name, given: Requests[Name]): Promise<Plain<Answers[Name]>>;
  news(): Promise<Plain<News>[]>;
  reload(): Promise<void>;
}

/** As it comes out of the page: typed arrays are lists of numbers, large ones no more than their length. */
export type Plain<T> = T extends ArrayBufferView
  ? number[]
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> }
      : T;

export interface Studio {
  /** Errors that pages logged, and addresses outside of the server that they asked for. */
  readonly complaints: readonly string[];
  /** Tabs of one `profile` share storage and locks. */
  openTab(profile?: string): Promise<Tab>;
  close(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, "../..");

export async function startStudio(): Promise<Studio> {
  const folder = mkdtempSync(path.join(tmpdir(), "ganvas-worker-"));
  let [site, browser]: [Site | null, Browser | null] = [null, null];
  const close = async () => {
    await browser?.close();
    await site?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await build({
      configFile: path.join(root, "vite.config.ts"),
      root: path.join(root, "tests/worker"),
      logLevel: "error",
      build: { outDir: folder, rolldownOptions: { input: { index: path.join(root, "tests/worker/index.html") } } },
    });
    site = await startServer({ folder, data: path.join(root, "data"), port: null, from: 24_600 });
    browser = await chromium.launch({
      executablePath: requireBrowser().browser,
      args: ["--no-sandbox", "--enable-unsafe-webgpu", "--disable-quic", "--disable-background-networking"],
    });
  } catch (error) {
    await close();
    throw error;
  }
  const { address } = site;
  const started = browser;
  const complaints: string[] = [];
  const profiles = new Map<string, ReturnType<Browser["newContext"]>>();
  return {
    complaints,
    async openTab(profile = "first") {
      if (!profiles.has(profile)) profiles.set(profile, started.newContext());
      const page = await (await profiles.get(profile)!).newPage();
      page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
      page.on("pageerror", (error) => void complaints.push(error.message));
      page.on("request", (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address)) complaints.push(request.url());
      });
      await page.goto(address);
      return tabOf(page);
    },
    close,
  };
}

function tabOf(page: Page): Tab {
  return {
    page,
    ask: (name, given) => page.evaluate(askInPage, { name, given: given as never }) as never,
    news: () => page.evaluate(newsInPage) as never,
    reload: async () => void (await page.reload()),
  };
}

async function askInPage({ name, given }: { name: RequestName; given: never }): Promise<unknown> {
  const { client, plain } = (window as unknown as { page: TestPage }).page;
  return plain(await client.request(name, given));
}

function newsInPage(): unknown {
  const { news, plain } = (window as unknown as { page: TestPage }).page;
  return plain(news);
}

// The pictures of the studio in docs/studio, light and dark, from the built page (npm run build first) after real training in it.
//
//   node scripts/screenshots.mjs [--iterations 600]
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { startServer } from "../dist/cli/site.js";
import { requireBrowser } from "./browser.mjs";

const { values: options } = parseArgs({ options: { iterations: { type: "string", default: "600" } } });
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const folder = path.join(root, "docs/studio");
mkdirSync(folder, { recursive: true });

const site = await startServer({
  folder: path.join(root, "dist/studio"),
  data: path.join(root, "data"),
  port: 0,
  from: 0,
});
const browser = await chromium.launch({ executablePath: requireBrowser().browser, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
const page = await context.newPage();
page.on("console", (message) => process.stderr.write(`${message.type()}: ${message.text()}\n`));
page.on("pageerror", (error) => process.stderr.write(`${error.message}\n`));
try {
  await page.goto(site.address);
  await page.getByText("DCGAN on MNIST").first().waitFor();
  await take("start");

  await page.getByText("Ring of eight Gaussians").first().click();
  await train(1500);
  await take("toy");

  await page.goto(site.address);
  await page.getByText("DCGAN on MNIST").first().click();
  await train(Number(options.iterations));
  await page.locator(".react-flow__node").filter({ hasText: "trains gen" }).first().click();
  await take("training");
  await page.getByRole("tab", { name: /generator/ }).click();
  await page.locator('.react-flow__node[data-id="up1"]').click();
  await take("network");

  await page.getByRole("button", { name: "Export", exact: true }).first().click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Export/ })
    .last()
    .click();
  await page
    .getByText(/Largest difference/i)
    .first()
    .waitFor({ timeout: 120_000 });
  await take("export");
  await page.keyboard.press("Escape");

  await page.getByRole("tab", { name: "Training" }).focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await take("keys");
  await page.keyboard.press("Escape");

  await page.setViewportSize({ width: 390, height: 844 });
  await take("phone");
} finally {
  await browser.close();
  await site.close();
}

async function train(iterations) {
  await page
    .getByRole("button", { name: /^Train/ })
    .first()
    .click();
  await page.waitForFunction(
    (wanted) => Number(/iteration ([\d,]+)\s*of/.exec(document.body.innerText)?.[1].replace(",", "")) >= wanted,
    iterations,
    { timeout: 1_800_000, polling: 500 },
  );
  await page
    .getByRole("button", { name: /^Pause/ })
    .first()
    .click();
  await page
    .getByRole("button", { name: /^Train/ })
    .first()
    .waitFor();
}

/** The theme follows the system's. */
async function take(name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.waitForTimeout(600); // charts draw themselves anew
    await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: "light" });
  process.stdout.write(`${name}\n`);
}

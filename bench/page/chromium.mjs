// What the programs that drive a page have in common: a Chromium, and lines of JSON that are answered one by one.
import readline from "node:readline";
import { chromium } from "playwright-core";
import { findBrowser } from "../../scripts/browser.mjs";

/** Ends the program with a sentence where there is no Chromium. */
export async function openChromium() {
  const found = findBrowser();
  if (!found) {
    process.stderr.write("no Chromium is found here (Debian: chromium; elsewhere set CHROME_PATH)\n");
    process.exit(1);
  }
  return chromium.launch({ executablePath: found.browser, args: ["--no-sandbox"] });
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

export const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

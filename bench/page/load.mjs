// A first visit to the built studio in Chromium, as a contestant of `ganvas bench --suite load`. Lines of JSON:
//   {"do": "visit", "address": …}  → when what was to be seen, in ms since 1970: begun, painted, graph, trained, sampled
import { answerLines, openChromium } from "./chromium.mjs";

const browser = await openChromium();
await answerLines(browser, { visit });

/** In a context of its own, which has cached and kept nothing. Presses what a person presses: a template, Train. */
async function visit({ address }) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const begun = Date.now();
  await page.goto(address);
  await page.getByText("DCGAN on MNIST").first().click();
  await page.locator(".react-flow__node").first().waitFor();
  const graph = Date.now();
  await page
    .getByRole("button", { name: /^Train/ })
    .first()
    .click();
  await page.waitForFunction(
    () => Number(/iteration ([\d,]+)\s*of/.exec(document.body.innerText)?.[1].replace(",", "")) >= 1,
    null,
    { timeout: 120_000, polling: "raf" },
  );
  const trained = Date.now();
  await page
    .getByRole("region", { name: "Samples" })
    .getByRole("button", { name: /^Sample 1\b/ })
    .first()
    .waitFor({ timeout: 120_000 });
  const sampled = Date.now();
  const painted = await page.evaluate(
    () => performance.timeOrigin + performance.getEntriesByName("first-contentful-paint")[0].startTime,
  );
  await page.close();
  return { begun, painted, graph, trained, sampled };
}

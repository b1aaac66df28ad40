import { request } from "node:http";
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type Site } from "../../src/cli/site.ts";

const folder = mkdtempSync(path.join(tmpdir(), "ganvas-site-"));
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
};
let site: Site;

beforeAll(async () => {
  write("studio/index.html", "<h1>GANvas</h1>");
  write("studio/assets/main-AbCd1234.js", "export {};");
  write("studio/kernels.wasm", "wasm");
  write("data/mnist/manifest.json", "{}");
  write("secret.txt", "nobody's business");
  write("studio-too/secret.txt", "nobody's business");
  symlinkSync(path.join(folder, "secret.txt"), path.join(folder, "studio/link.txt"));
  site = await startServer(options({ port: 0 }));
});
afterAll(async () => {
  await site.close();
  rmSync(folder, { recursive: true, force: true });
});

const options = ({ port, from = 4270 }: { port: number | null; from?: number }) => ({
  folder: path.join(folder, "studio"),
  data: path.join(folder, "data"),
  port,
  from,
});

/** As it is written, without the cleaning that fetch does to an address. */
const ask = (address: string, method = "GET") =>
  new Promise<{ status: number; body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const { hostname, port } = new URL(site.address);
    request({ hostname, port, path: address, method }, (response) => {
      let body = "";
      response.on("data", (chunk) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, body, headers: response.headers }));
    })
      .on("error", reject)
      .end();
  });

describe("the studio's server", () => {
  it("gives the page, with a policy that lets nothing in from elsewhere", async () => {
    const { status, body, headers } = await ask("/");
    expect([status, body]).toEqual([200, "<h1>GANvas</h1>"]);
    expect(headers["content-security-policy"]).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers["cache-control"]).toBe("no-cache");
  });

  it("lets a browser keep what is named by its content", async () => {
    const { headers } = await ask("/assets/main-AbCd1234.js");
    expect(headers["cache-control"]).toContain("immutable");
    expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
  });

  it("names WebAssembly as such and takes data from beside the page", async () => {
    expect((await ask("/kernels.wasm")).headers["content-type"]).toBe("application/wasm");
    expect((await ask("/data/mnist/manifest.json")).body).toBe("{}");
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/data/../secret.txt",
    "/data/%2e%2e%2fsecret.txt",
    "/link.txt",
    "/../studio-too/secret.txt",
    "/none",
    "/assets",
    "/assets/",
  ])("has nothing at %s", async (address) => {
    const { status, body } = await ask(address);
    expect(status).toBe(404);
    expect(body).not.toContain("business");
  });

  it("refuses broken addresses and other methods", async () => {
    expect((await ask("/%00")).status).toBe(400);
    expect((await ask("/%zz")).status).toBe(400);
    expect((await ask("/", "POST")).status).toBe(405);
    expect(await ask("/", "HEAD")).toMatchObject({ status: 200, body: "" });
  });

  it("goes past a port that is taken, and says so where that very port was asked for", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const { port } = holder.address() as AddressInfo;
    const next = await startServer(options({ port: null, from: port }));
    expect(Number(new URL(next.address).port)).toBeGreaterThan(port);
    await next.close();
    await expect(startServer(options({ port }))).rejects.toThrow(`Port ${port} cannot be had`);
    await new Promise((resolve) => holder.close(resolve));
  });

  it("says what to do where the studio is not built", async () => {
    await expect(startServer({ ...options({ port: 0 }), folder: path.join(folder, "none") })).rejects.toThrow(
      "Run `npm run build` first",
    );
  });
});

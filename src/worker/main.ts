/**
 * The training worker's entry: the browser's composition root. It opens the storage, takes requests from the page, and sends
 * answers and news. `new Worker(new URL("./main.ts", import.meta.url), { type: "module" })`
 */
import type { FromWorker, ToWorker } from "../session/protocol.ts";
import { openStorage } from "../storage/storage.ts";
import { createHandlers } from "./requests.ts";
import { createServer } from "./serve.ts";

/** Beside the page: scripts lie in its assets/, in development at the server's root. */
const base = new URL(import.meta.env.DEV ? "/data/" : "../data/", location.href);

const send = (message: FromWorker): void => postMessage(message);
const waiting: ToWorker[] = [];
onmessage = ({ data }: MessageEvent<ToWorker>) => void waiting.push(data);

const storage = await openStorage();
const take = createServer(createHandlers({ storage, base, tell: (news) => send({ news }) }), send);
onmessage = ({ data }: MessageEvent<ToWorker>) => take(data);
for (const message of waiting) take(message);

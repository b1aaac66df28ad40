/** The thread behind a hand (crew.ts): a backend of its own, and orders done one after the other. */
import { parentPort } from "node:worker_threads";
import { createHand } from "../session/hand.ts";
import type { Order } from "../session/orders.ts";
import { openBackend } from "./backend.ts";

if (!parentPort) throw new Error("This runs in a thread that crew.ts starts.");
const port = parentPort;
const { tf, variant } = await openBackend("wasm");
const obey = createHand(tf);
port.on("message", (order: Order) => {
  const problem = obey(order);
  if (order.do === "open") port.postMessage(problem);
});
port.postMessage(variant);

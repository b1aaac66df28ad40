/** The worker behind a hand (crew.ts): a backend of its own, and orders done one after the other. */
import { createHand } from "../session/hand.ts";
import type { Order } from "../session/orders.ts";
import { openBackend } from "./backend.ts";

const { tf, variant } = await openBackend("wasm");
const obey = createHand(tf);
onmessage = ({ data: order }: MessageEvent<Order>) => {
  const problem = obey(order);
  if (order.do === "open") postMessage(problem);
};
postMessage(variant);

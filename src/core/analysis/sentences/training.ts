/** What is said of the training graph: what is trained, unrolled, penalized and sampled. A part of the catalogue. */
import { error, warning } from "../message.ts";
import { count, known } from "./words.ts";

export const trainingSentences = {
  "no-optimizer": warning(
    (_: Record<string, never>) => "Nothing is trained: the training graph has no Optimizer. Add one for each network.",
  ),
  "trains-nothing": error(
    (f: { networks: readonly string[] }) => `It trains no network. Name one in trains. ${known(f.networks, "network")}`,
  ),
  "trains-unknown": error(
    (f: { network: string; networks: readonly string[] }) =>
      `It trains "${f.network}", and there is no such network. ${known(f.networks, "network")}`,
  ),
  "trains-unreached": error(
    (f: { network: string }) =>
      `It trains ${f.network}, but no gradient of the loss reaches that network. Wire the network into the loss, or take it out of trains.`,
  ),
  "trains-weightless": error(
    (f: { networks: readonly string[] }) =>
      `It trains ${f.networks.join(", ")}, and there are no weights in it. Add a layer that has some, or take it out of trains.`,
  ),
  "unroll-unknown": error(
    (f: { optimizer: string; optimizers: readonly string[] }) =>
      `${f.optimizer === "" ? "unroll names no optimizer" : `unroll names "${f.optimizer}", and there is no such optimizer`}. ${known(f.optimizers, "other optimizer")}`,
  ),
  "unroll-own": error(
    (f: { optimizer: string; itself: boolean; networks: readonly string[] }) =>
      `${f.itself ? "unroll names this optimizer itself" : `unroll names ${f.optimizer}, which trains ${f.networks.join(" and ")} too`}. Name an optimizer of other networks, such as the critic's, or leave unroll out.`,
  ),
  "unroll-unreached": error(
    (f: { optimizer: string; networks: readonly string[] }) =>
      `The loss does not depend on ${f.networks.join(" or ")}, which ${f.optimizer} trains: its virtual steps would change nothing. Wire what it trains into the loss, or leave unroll out.`,
  ),
  "unroll-once": error(
    (f: { layer: string; optimizer: string }) =>
      `Where steps of ${f.optimizer} are unrolled, this layer is differentiated twice, and ${f.layer} can be differentiated once only. Take another layer in its place, or leave unroll out.`,
  ),
  "penalty-independent": error((f: { output: string; from: string; wrt: string }) =>
    f.from === f.wrt
      ? `${f.from} is wired to ${f.output} and is what that is differentiated by, too. Wire the network's score to ${f.output}.`
      : `${f.from} does not depend on ${f.wrt} (stale wires are constants), so there is no gradient. Wire what the network saw, and its score for it.`,
  ),
  "penalty-untrained": error(
    (f: { node: string; optimizer: string; trains: readonly string[]; wrt: string; output: string }) =>
      `Between ${f.wrt} and ${f.output} lies ${f.node}, which depends on nothing that ${f.optimizer} trains (${f.trains.join(", ")}): it is a constant there and has no gradient. Wire what comes after it to ${f.wrt}, or add this to the loss of another optimizer.`,
  ),
  "penalty-once": error(
    (f: { layer: string; penalty: string }) =>
      `${f.penalty} differentiates through this layer twice, and ${f.layer} can be differentiated once only. Take another layer in its place.`,
  ),
  "no-sample": warning(
    (_: Record<string, never>) =>
      "No network's output is marked as the sample, so no samples can be drawn. Set sample on the Network node of the generator.",
  ),
  "many-samples": error(
    (f: { nodes: readonly string[] }) =>
      `${f.nodes.join(" and ")} are marked as the sample; only one may be. Unset the others.`,
  ),
  "loss-batch": error(
    (f: { found: string }) => `It is fed ${f.found}; an Optimizer takes a loss (one number). Put a loss between them.`,
  ),
  "weights-count": error(
    (f: { found: number; wanted: number }) =>
      `weights has ${count(f.found, "number")} for ${count(f.wanted, "wire")}. Give one for each.`,
  ),
};

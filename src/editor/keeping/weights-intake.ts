/**
 * Files of weights that a person drops or chooses: put into the run as a start, or kept with the document as what a network
 * starts from. Names and shapes are looked at here; the worker reads the numbers.
 */
import type { StoreApi } from "zustand/vanilla";
import type { WeightsFile } from "../../core/document/types.ts";
import { sha256Of, weightsFileOf } from "../../core/document/weights-file.ts";
import { fitShapes, type Fit } from "../../core/program/weights.ts";
import type { NetworkFit } from "../../session/protocol.ts";
import type { WeightFileStore } from "../../storage/storage.ts";
import type { Studio } from "../model/studio.ts";
import type { Workbench } from "../model/workbench.ts";
import type { TrainingClient } from "../training/client.ts";
import { messageOf } from "../training/client.ts";
import { documentText, download } from "./files.ts";
import { fitWords } from "./fit-words.ts";
import { networkFor, shapesIn, type Shapes } from "./importers.ts";
import type { KeepingState } from "./keeping.ts";

export interface WeightsIntakeParts {
  readonly studio: Studio;
  readonly workbench: Workbench;
  readonly client: TrainingClient;
  readonly files: WeightFileStore;
  readonly store: StoreApi<KeepingState>;
  /** Shows the run as it is kept. */
  opened(): Promise<void>;
}

export interface WeightsIntake {
  /**
   * A file that came in: one that the document names is kept at once, any other waits for the person's choice.
   * @param asked the network that it was chosen for
   */
  receive(name: string, bytes: Uint8Array, asked?: string): Promise<void>;
  /** Into the kept run of the open document: it is opened, given the weights, saved, and shown. */
  put(network: string | null, bytes: Uint8Array): Promise<readonly NetworkFit[]>;
  /** Puts what fits of the waiting weights into a network of the run. */
  start(network: string): Promise<void>;
  /** Keeps the waiting weights with the document, as what a network starts from. */
  keep(network: string): Promise<void>;
  /** Forgets the waiting weights. */
  drop(): void;
  /** Asks for a file for a network. */
  choose(network: string): void;
  /** Hands a kept file out, to lie beside a saved document. */
  save(file: WeightsFile): Promise<void>;
  /** Looks again which files this browser holds; `sweep` first forgets those that nothing names. */
  refresh(sweep?: "sweep"): Promise<void>;
}

export function createWeightsIntake({
  studio,
  workbench,
  client,
  files,
  store,
  opened,
}: WeightsIntakeParts): WeightsIntake {
  const bad = (text: string) => workbench.say(text, { tone: "bad" });

  async function receive(name: string, bytes: Uint8Array, asked?: string): Promise<void> {
    if (store.getState().id === null) return bad(`${name} holds weights: open the document that they belong to first.`);
    const shapes = shapesIn(bytes);
    if (!shapes) return bad(`${name} is no safetensors file, or a part of it is missing.`);
    const sha256 = await sha256Of(bytes);
    const { document } = studio.store.getState();
    const naming = Object.keys(document.networks).filter(
      (each) => weightsFileOf(document.networks[each])?.sha256 === sha256,
    );
    if (naming.length > 0 && !store.getState().heldWeights.includes(sha256)) {
      await files.put(bytes);
      await refresh();
      return workbench.say(`The weights of ${naming.join(" and ")} are here now.`, { tone: "good" });
    }
    const network = asked ?? networkFor(shapes, ownShapes(studio), name);
    if (network === null) return bad(`None of the ${shapes.size} weights in ${name} fits a network of this document.`);
    store.setState({ incomingWeights: { name, bytes, shapes, network } });
    workbench.set({ sheet: "weights" });
  }

  async function put(network: string | null, bytes: Uint8Array): Promise<readonly NetworkFit[]> {
    const document = documentText(studio.store.getState().document);
    const { backend } = workbench.store.getState();
    await opened(); // ends what trains, so that the worker is free
    try {
      await client.request("open", { document, run: store.getState().id!, backend });
      return (await client.request("importWeights", { network, bytes })).fits;
    } finally {
      await client.request("close", {}).catch(() => {});
      await opened();
    }
  }

  async function start(network: string): Promise<void> {
    const incoming = store.getState().incomingWeights;
    if (!incoming) return;
    drop();
    store.setState({ busy: `Reading ${incoming.name}` });
    try {
      for (const fit of await put(network, incoming.bytes))
        workbench.say(fitWords(fit, incoming.name), { tone: isWhole(fit) ? "good" : "plain" });
    } catch (error) {
      bad(messageOf(error));
    } finally {
      store.setState({ busy: null });
    }
  }

  async function keep(network: string): Promise<void> {
    const incoming = store.getState().incomingWeights;
    if (!incoming) return;
    try {
      const sha256 = await files.put(incoming.bytes);
      await refresh();
      const value: WeightsFile = { file: incoming.name.replace(/[\\:/\n\r]/g, "-"), sha256 };
      drop();
      studio.edit(`Weights of ${network}`, [
        { do: "set-graph-part", graph: `networks.${network}`, part: "weights", value },
      ]);
      workbench.say(`${network} starts from ${value.file}. The document names the file; this browser keeps it.`, {
        tone: "good",
      });
    } catch (error) {
      bad(messageOf(error));
    }
  }

  function drop(): void {
    store.setState({ incomingWeights: null });
    if (workbench.store.getState().sheet === "weights") workbench.set({ sheet: null });
  }

  function choose(network: string): void {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".safetensors";
    input.onchange = async () => {
      const [file] = input.files ?? [];
      if (file) await receive(file.name, new Uint8Array(await file.arrayBuffer()), network);
    };
    input.click();
  }

  async function save({ file, sha256 }: WeightsFile): Promise<void> {
    const bytes = await files.bytes(sha256);
    if (!bytes) return bad(`${file} is not in this browser.`);
    download(file.split("/").at(-1)!, bytes as Uint8Array<ArrayBuffer>, "application/octet-stream");
  }

  async function refresh(sweep?: "sweep"): Promise<void> {
    if (sweep) await files.sweep();
    store.setState({ heldWeights: await files.list() });
  }

  return { receive, put, start, keep, drop, choose, save, refresh };
}

/** Names and shapes of every network's weights, as far as they are known. */
export const ownShapes = (studio: Studio): ReadonlyMap<string, Shapes> =>
  new Map(
    [...studio.store.getState().analysis.networks].map(([name, { layers }]) => [
      name,
      new Map(layers.flatMap(({ weights }) => weights.map(({ path, shape }) => [path, shape] as const))),
    ]),
  );

/** How a file's weights would fit a network. */
export const fitOf = (own: Shapes, given: Shapes): Fit => fitShapes(shaped(own), shaped(given));
const shaped = (shapes: Shapes) => new Map([...shapes].map(([path, shape]) => [path, { shape }]));

/** Whether a network has all its weights from what was given. */
export const isWhole = ({ misfits, missing }: Fit): boolean => misfits.length === 0 && missing.length === 0;

/** Files that a person opens or drops: each becomes a document, weights, or data. What cannot be read changes nothing. */
import type { StoreApi } from "zustand/vanilla";
import type { Studio } from "../model/studio.ts";
import type { Workbench } from "../model/workbench.ts";
import { messageOf, type TrainingClient } from "../training/client.ts";
import { download, fileName } from "./files.ts";
import { openable, openableWords, recognize, type FileKind } from "./importers.ts";
import type { IncomingOptions, KeepingState } from "./keeping.ts";
import { namingIn, setting, suggestionFor, type Naming, type Received } from "./naming-data.ts";
import type { OwnData } from "./own-data.ts";
import type { WeightsIntake } from "./weights-intake.ts";

export interface IntakeParts {
  readonly studio: Studio;
  readonly workbench: Workbench;
  readonly client: TrainingClient;
  readonly ownData: OwnData;
  readonly store: StoreApi<KeepingState>;
  readonly weights: WeightsIntake;
  openText(text: string, name: string): Promise<boolean>;
}

export interface Intake {
  openFiles(files: readonly File[], paths?: readonly string[], onto?: string | null): Promise<void>;
  takesData(node: string): boolean;
  addIncoming(options: IncomingOptions | null): Promise<string | null>;
}

export function createIntake({ studio, workbench, client, ownData, store, weights, openText }: IntakeParts): Intake {
  const bad = (text: string) => workbench.say(text, { tone: "bad" });

  async function openFiles(
    files: readonly File[],
    paths: readonly string[] = [],
    onto: string | null = null,
  ): Promise<void> {
    const given = await Promise.all(
      files.map(async (file, index) => {
        const head = new Uint8Array(await file.slice(0, 64).arrayBuffer());
        return { file, path: paths[index] ?? (file.webkitRelativePath || file.name), kind: recognize(file.name, head) };
      }),
    );
    const pictures = given.filter(({ kind }) => kind === "image" || kind === "figure");
    if (pictures.length > 1) return receive(pictures, onto);
    const data = given.filter(({ kind }) => kind === "data");
    if (data.length > 0) return receive(data, onto);
    const [first] = given.filter(({ kind }) => kind !== null);
    if (!first) {
      if (given.length > 0) bad(`${given[0].file.name} is nothing that can be opened here. ${openableWords}`);
      return;
    }
    await busyWith(`Reading ${first.file.name}`, () => openOne(first.file, first.kind!));
  }

  /** What is being read stands in the state; whatever goes wrong is said, and nothing has changed. */
  async function busyWith(what: string, work: () => Promise<unknown>): Promise<void> {
    store.setState({ busy: what });
    try {
      await work();
    } catch (error) {
      bad(messageOf(error));
    } finally {
      store.setState({ busy: null });
    }
  }

  async function openOne(file: File, kind: FileKind): Promise<unknown> {
    switch (kind) {
      case "document":
        return openText(await file.text(), file.name);
      case "figure": {
        const text = await textInFigure(file);
        if (text !== null) return openText(text, file.name);
        if (file.name.toLowerCase().endsWith(".svg")) return bad(`${file.name} has no document in it.`);
        return offerAsData(file, `${file.name} is a picture without a document in it.`);
      }
      case "image":
        return offerAsData(file, `${file.name} is a picture.`);
      case "onnx":
        return openOnnx(file);
      case "safetensors":
        return weights.receive(file.name, new Uint8Array(await file.arrayBuffer()));
      case "data":
        return receive([{ file, path: file.name }]);
    }
  }

  /** One picture is rarely meant as data, and sometimes is. */
  function offerAsData(file: File, what: string): void {
    const action = { title: "Use as data", run: () => receive([{ file, path: file.name }]) };
    workbench.say(`${what} Pictures become a data set: drop a folder of them or a .zip, or use this one alone.`, {
      action,
    });
  }

  async function openOnnx(file: File): Promise<void> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { document, network, weights: found } = await client.request("importOnnx", { name: file.name, bytes });
    if (!(await openText(document, file.name))) return;
    try {
      const fits = await weights.put(network, found);
      const names = fits.map((fit) => fit.network).join(" and ");
      workbench.say(`${file.name} is open, with the weights of ${names}.`, { tone: "good" });
    } catch (error) {
      const name = `${fileName(file.name.replace(/\.onnx$/i, ""))}.safetensors`;
      workbench.say(
        `${file.name} is open, without its weights, which are put into a run. ${messageOf(error)} Save the weights, and drop them here once there is one.`,
        {
          tone: "bad",
          action: {
            title: "Save weights",
            run: () => download(name, found as Uint8Array<ArrayBuffer>, "application/octet-stream"),
          },
        },
      );
    }
  }

  async function receive(given: readonly Received[], onto: string | null = null): Promise<void> {
    const suggested = await suggestionFor(given, replacedBy(onto), ownData.lookup);
    const files = given.map(({ path, file }) => ({ path, bytes: file }));
    store.setState({ incoming: { ...suggested, files, onto: onto !== null && takesData(onto) ? onto : null } });
    workbench.set({ sheet: "data" });
  }

  async function addIncoming(options: IncomingOptions | null): Promise<string | null> {
    const { incoming } = store.getState();
    if (!incoming || !options) {
      store.setState({ incoming: null });
      return null;
    }
    store.setState({ busy: `Reading ${options.name}` });
    try {
      const { files, onto } = incoming;
      const { name, count, skipped } = await client.request("addDataSet", { ...options, files });
      store.setState({ dataSets: await ownData.refresh(), incoming: null });
      studio.refresh();
      const left = skipped > 0 ? ` ${skipped} files could not be read as pictures.` : "";
      const edits = setting(replacedBy(onto), name);
      const use = () => studio.edit(`Train on ${name}`, edits, { tab: "training" });
      const rows = `${name} has ${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}.${left}`;
      if (onto !== null && edits.length > 0) {
        use();
        workbench.say(`${rows} ${onto} draws from it.`, { tone: "good" });
      } else if (edits.length > 0) workbench.say(rows, { tone: "good", action: { title: "Use it here", run: use } });
      else workbench.say(`${rows} Choose it in a Dataset node of the training graph.`, { tone: "good" });
      return null;
    } catch (error) {
      return messageOf(error);
    } finally {
      store.setState({ busy: null });
    }
  }

  /**
   * What names a data set in the training graph: in the node that files were dropped on, else in the selected nodes, where
   * some of them do, else in all. Where they name several, it is the person who says which.
   */
  function replacedBy(onto: string | null): readonly Naming[] {
    const { document, selection, tab } = studio.store.getState();
    const all = namingIn(document);
    if (onto !== null) return all.filter(({ node }) => node === onto);
    const selected = tab === "training" ? all.filter(({ node }) => selection.nodes.has(node)) : [];
    if (selected.length > 0) return selected;
    return new Set(all.map(({ now }) => now)).size > 1 ? [] : all;
  }

  const takesData = (node: string): boolean =>
    studio.store.getState().tab === "training" &&
    namingIn(studio.store.getState().document).some((each) => each.node === node);

  return { openFiles, takesData, addIncoming };
}

/** Asks the person for files. */
export function chooseFiles(take: (files: readonly File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = openable;
  input.onchange = () => take([...(input.files ?? [])]);
  input.click();
}

async function textInFigure(file: File): Promise<string | null> {
  if (file.name.toLowerCase().endsWith(".svg"))
    return (await import("../../targets/figure/embed.ts")).readEmbedded(await file.text());
  return (await import("../../targets/figure/png-text.ts")).readFromPng(new Uint8Array(await file.arrayBuffer()));
}

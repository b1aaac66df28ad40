/**
 * Keeps documents in the browser as they are edited: the open one under its id, its former states, and the address that
 * leads back to it. What is done with files that are opened is in intake.ts.
 */
import { createStore } from "zustand/vanilla";
import { sentence } from "../../core/analysis/diagnostics.ts";
import { parse } from "../../core/document/parse.ts";
import { emptyDocument, emptyGraph, type GanDocument } from "../../core/document/types.ts";
import type { Storage } from "../../storage/storage.ts";
import type { Studio } from "../model/studio.ts";
import type { Workbench } from "../model/workbench.ts";
import type { TrainingClient } from "../training/client.ts";
import { keptAddress, readAddress, sharedAddress } from "./address.ts";
import { documentText, downloadDocument } from "./files.ts";
import { chooseFiles, createIntake } from "./intake.ts";
import type { Keeping, KeepingState } from "./keeping.ts";
import { packText, unpackText } from "./link.ts";
import type { OwnData } from "./own-data.ts";
import { createPresence } from "./presence.ts";
import { forgetRescue, rescue, rescued } from "./rescue.ts";
import { readTemplate } from "./templates.ts";
import { createWeightsIntake } from "./weights-intake.ts";

export interface KeepingParts {
  readonly studio: Studio;
  readonly workbench: Workbench;
  readonly storage: Storage;
  readonly client: TrainingClient;
  readonly ownData: OwnData;
  /** Called when another document, or none, is open: its run is shown in place of the former one's. */
  opened(): Promise<void>;
}

/** Milliseconds without an edit after which it is written. */
const writeAfter = 300;
/** Milliseconds between two former states that are kept only because time passed. */
const versionEvery = 60_000;

/**
 * Keeps what a person does: saves the open document after each edit, remembers former states, and takes in files, links and
 * kept documents. A file that cannot be read leaves the open document as it is.
 */
export function createKeeping({ studio, workbench, storage, client, ownData, opened }: KeepingParts): Keeping {
  const { documents } = storage;
  const store = createStore<KeepingState>(() => ({
    id: null,
    saving: "saved",
    elsewhere: false,
    recent: [],
    dataSets: [],
    incoming: null,
    heldWeights: [],
    incomingWeights: null,
    busy: null,
  }));
  const set = (change: Partial<KeepingState>) => store.setState(change);
  const shown = (): GanDocument => studio.store.getState().document;
  /** The document as storage has it. */
  let written: GanDocument | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let versionAt = 0;

  const presence = createPresence({
    occupied: () => set({ elsewhere: true }),
    taken: () => void flush().then(() => set({ elsewhere: true })),
  });
  studio.store.subscribe(({ document }, before) => {
    if (document === before.document || document === written || store.getState().id === null) return;
    set({ saving: "unsaved" });
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), writeAfter);
  });

  const weights = createWeightsIntake({ studio, workbench, client, files: storage.weights, store, opened });
  const intake = createIntake({ studio, workbench, client, ownData, store, weights, openText });

  return {
    store,
    openText,
    async openTemplate(name) {
      const template = await readTemplate(name);
      if (!template) workbench.say(`There is no template "${name}".`, { tone: "bad" });
      return template !== null && (await take(template.document, "Opened from a template"));
    },
    openKept,
    async openEmpty() {
      await take({ ...emptyDocument(), networks: { generator: emptyGraph, discriminator: emptyGraph } }, "Begun");
    },
    async openAddress(hash) {
      const address = readAddress(hash);
      if (address.to === "start") await close();
      else if (address.to === "kept") await openKept(address.id);
      else if (address.to === "template") await this.openTemplate(address.name);
      else {
        const text = await unpackText(address.packed);
        if (text !== null) await openText(text, "The document in this link");
        else
          workbench.say("This link is damaged: a part of it was lost on the way. Ask for it again.", { tone: "bad" });
      }
      if (store.getState().id === null) history.replaceState(null, "", location.pathname);
    },
    close,
    async deleteKept(id) {
      await documents.delete(id);
      await weights.refresh("sweep");
      await listAgain();
    },
    weights,
    openFiles: intake.openFiles,
    chooseFiles: () => chooseFiles((files) => void intake.openFiles(files)),
    takesData: intake.takesData,
    addIncoming: intake.addIncoming,
    saveFile() {
      downloadDocument(shown());
      void keepVersion("Saved as a file");
    },
    async link() {
      return `${location.origin}${location.pathname}${sharedAddress(await packText(JSON.stringify(shown())))}`;
    },
    versions: async () => {
      const { id } = store.getState();
      return id === null ? [] : documents.versions(id);
    },
    version: async (saved) => {
      const { id } = store.getState();
      return id === null ? null : documents.version(id, saved);
    },
    async restore(saved) {
      const text = await this.version(saved);
      const former = text === null ? null : parse(text).document;
      if (!former) return workbench.say("This former state is no longer there.", { tone: "bad" });
      await keepVersion("Before going back");
      studio.replace("Go back in history", former);
    },
    takeOver,
    async copy() {
      const name = `${shown().name} (copy)`;
      await enter(newId());
      studio.edit("Copy", [{ do: "rename-document", name }]);
    },
    async deleteDataSet(name) {
      await storage.dataSets.delete(name);
      set({ dataSets: await ownData.refresh() });
      studio.refresh();
    },
    flush,
    async begin(hash) {
      set({ dataSets: await ownData.refresh() });
      await weights.refresh();
      await listAgain();
      await this.openAddress(hash);
      if (storage.notice) workbench.say(storage.notice, { tone: "bad" });
    },
    leave() {
      const { id, saving, elsewhere } = store.getState();
      if (id !== null && saving !== "saved" && !elsewhere) rescue({ id, text: documentText(shown()) });
      void flush();
    },
  };

  async function openText(text: string, name: string): Promise<boolean> {
    const { document, diagnostics } = parse(text);
    const first = diagnostics.length > 0 ? sentence(diagnostics[0]) : "";
    if (!document) {
      workbench.say(`${name} was not opened. ${first}`, { tone: "bad" });
      return false;
    }
    await take(document, "Opened");
    const others = diagnostics.length > 1 ? ` (and ${diagnostics.length - 1} more)` : "";
    if (first) workbench.say(`Part of ${name} could not be read. ${first}${others}`, { tone: "bad" });
    return true;
  }

  /** A document that came from elsewhere: it is kept under an id of its own. */
  async function take(document: GanDocument, label: string): Promise<boolean> {
    await flush();
    show(document);
    await enter(newId());
    await flush();
    await keepVersion(label);
    return true;
  }

  async function openKept(id: string): Promise<boolean> {
    if (id === store.getState().id) return true;
    await flush();
    const kept = await documents.get(id);
    const text = rescued(id) ?? kept?.text;
    const document = text === undefined ? null : parse(text).document;
    if (!document) {
      workbench.say("This document is not in this browser. It may have been deleted, or made in another one.", {
        tone: "bad",
      });
      await close();
      return false;
    }
    show(document);
    if (text === kept?.text) written = document;
    await enter(id);
    await flush();
    forgetRescue(id);
    return true;
  }

  /** Puts a document on the canvas before it has an id, so that none is saved under another's. */
  function show(document: GanDocument): void {
    clearTimeout(timer);
    set({ id: null, elsewhere: false });
    written = null;
    versionAt = Date.now();
    studio.open(document);
  }

  async function enter(id: string): Promise<void> {
    set({ id, elsewhere: false });
    if (location.hash !== keptAddress(id)) history.pushState(null, "", keptAddress(id));
    presence.enter(id);
    await opened();
  }

  async function close(): Promise<void> {
    await flush();
    if (store.getState().id === null) return;
    show(emptyDocument());
    presence.enter(null);
    history.pushState(null, "", location.pathname);
    await Promise.all([opened(), listAgain()]);
  }

  async function takeOver(): Promise<void> {
    const { id, saving } = store.getState();
    if (id === null) return;
    presence.take(id);
    await new Promise((resolve) => setTimeout(resolve, 2 * writeAfter)); // the other tab writes what it has
    const kept = await documents.get(id);
    set({ elsewhere: false });
    const text = kept?.text;
    const theirs = text === undefined ? null : parse(text).document;
    if (saving === "unsaved" && text !== undefined) {
      await documents.addVersion(id, { saved: Date.now(), label: "From the other tab", text });
      await flush();
    } else if (theirs) {
      written = theirs;
      studio.open(theirs);
    }
    await opened();
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    const { id, elsewhere } = store.getState();
    const document = shown();
    if (id === null || elsewhere || document === written) return writing;
    writing = writing.then(() => write(id, document));
    return writing;
  }

  async function write(id: string, document: GanDocument): Promise<void> {
    if (document === written) return;
    const text = documentText(document);
    try {
      await documents.put({ id, name: document.name, modified: Date.now(), text });
      if (store.getState().id !== id) return;
      written = document;
      forgetRescue(id);
      if (shown() === document) set({ saving: "saved" });
      if (Date.now() - versionAt >= versionEvery) await keepVersion(studio.store.getState().past.at(-1)?.label ?? "");
    } catch (error) {
      set({ saving: "failed" });
      workbench.say(`This document could not be saved. ${error instanceof Error ? error.message : ""}`, {
        tone: "bad",
      });
    }
  }

  async function keepVersion(label: string): Promise<void> {
    const { id } = store.getState();
    if (id === null) return;
    versionAt = Date.now();
    await documents.addVersion(id, { saved: versionAt, label, text: documentText(shown()) });
  }

  async function listAgain(): Promise<void> {
    set({ recent: await documents.list() });
  }
}

const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => (byte % 36).toString(36)).join("");

/**
 * What the browser keeps of a person's work, as the studio sees it: documents that save themselves, their former states,
 * and files that come and go. The storage below it is src/storage.
 */
import type { StoreApi } from "zustand/vanilla";
import type { Pairs } from "../../datasets/pairs.ts";
import type { DataSetFactsRecord, DocumentSummary, Version } from "../../storage/storage.ts";
import type { Shapes } from "./importers.ts";
import type { WeightsIntake } from "./weights-intake.ts";

export interface KeepingState {
  /** The id of the open document; its run is kept under the same id. Null on the start page. */
  readonly id: string | null;
  readonly saving: "saved" | "unsaved" | "failed";
  /** True while another tab has this document too: nothing is saved here until the person decides. */
  readonly elsewhere: boolean;
  /** The last changed first. */
  readonly recent: readonly DocumentSummary[];
  /** Data sets of the person's own. */
  readonly dataSets: readonly DataSetFactsRecord[];
  /** Files to become a data set, until the person has said how. */
  readonly incoming: IncomingData | null;
  /** SHA-256 of the files of weights that this browser holds. */
  readonly heldWeights: readonly string[];
  /** A file of weights, until the person has said what becomes of it. */
  readonly incomingWeights: IncomingWeights | null;
  /** What goes on with a file that was opened: "Reading cats.zip"; null where nothing does. */
  readonly busy: string | null;
}

export interface IncomingData {
  /** Suggested for it. */
  readonly name: string;
  /** As is what it takes the place of: 0 for the size that they have. */
  readonly size: number;
  readonly pairs: Pairs;
  /** The node of the training graph whose data it becomes; null where the person says so afterwards. */
  readonly onto: string | null;
  /** Paths hold the folders, which name the classes. */
  readonly files: readonly { readonly path: string; readonly bytes: Blob }[];
}

export interface IncomingWeights {
  /** Of the file. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly shapes: Shapes;
  /** The network that they seem to be meant for. */
  readonly network: string;
}

export interface IncomingOptions {
  readonly name: string;
  readonly resize: readonly [number, number] | null;
  readonly grayscale: boolean;
  readonly pairs: Pairs;
}

export interface Keeping {
  readonly store: StoreApi<KeepingState>;
  /** Opens a document as a new one, under an id of its own. False, and a message, where it cannot be read. */
  openText(text: string, name: string): Promise<boolean>;
  openTemplate(name: string): Promise<boolean>;
  openKept(id: string): Promise<boolean>;
  openEmpty(): Promise<void>;
  /** Opens what the address names after its #: a kept document, a template, or one that travels in a link. */
  openAddress(hash: string): Promise<void>;
  /** Back to the start page; what is open is saved. */
  close(): Promise<void>;
  deleteKept(id: string): Promise<void>;
  /**
   * Any file that GANvas writes: document, ONNX, safetensors, figure; or images as data.
   * @param onto the node that they were dropped on
   */
  openFiles(files: readonly File[], paths?: readonly string[], onto?: string | null): Promise<void>;
  /** True where a node of the training graph names data that files can take the place of. */
  takesData(node: string): boolean;
  /** Makes a data set of what is incoming; the sentence that says why not, else null. Null options drop it. */
  addIncoming(options: IncomingOptions | null): Promise<string | null>;
  /** What is done with files of weights. */
  readonly weights: Pick<WeightsIntake, "start" | "keep" | "drop" | "choose" | "save">;
  /** Asks for files to open. */
  chooseFiles(): void;
  /** Ctrl+S: a .gan.json file. */
  saveFile(): void;
  /** A link that holds the document. */
  link(): Promise<string>;
  versions(): Promise<readonly Version[]>;
  /** The text of a former state. */
  version(saved: number): Promise<string | null>;
  /** Goes back to a former state, as an edit that can be undone. */
  restore(saved: number): Promise<void>;
  /** Goes on with the document in this tab; the other tab stops saving. */
  takeOver(): Promise<void>;
  /** Goes on with a copy under another id. */
  copy(): Promise<void>;
  deleteDataSet(name: string): Promise<void>;
  /** Writes what is not yet saved. */
  flush(): Promise<void>;
  /** Opens what the address names, when the page has come up. */
  begin(hash: string): Promise<void>;
  /** The page goes away, perhaps for good. */
  leave(): void;
}

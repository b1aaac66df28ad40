/**
 * What the browser keeps of a person's work, as the studio sees it: documents that save themselves, their former states,
 * and files that come and go. The storage below it is src/storage.
 */
import type { StoreApi } from "zustand/vanilla";

export interface KeptDocument {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

export interface KeepingState {
  /** The id of the open document; its run is kept under the same id. Null on the start page. */
  readonly id: string | null;
  readonly saving: "saved" | "unsaved" | "failed";
  readonly recent: readonly KeptDocument[];
}

export interface Keeping {
  readonly store: StoreApi<KeepingState>;
  /** Opens a document as a new one, under an id of its own. */
  openText(text: string, name: string): Promise<boolean>;
  openTemplate(name: string): Promise<boolean>;
  openKept(id: string): Promise<boolean>;
  openEmpty(): Promise<void>;
  /** Any file that GANvas writes: document, ONNX, safetensors, figure; or images as data. */
  openFiles(files: readonly File[]): Promise<void>;
  /** Ctrl+S: a .gan.json file. */
  saveFile(): void;
  /** A link that holds the document. */
  link(): Promise<string>;
}

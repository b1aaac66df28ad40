/** What is said of data sets. A part of the catalogue. */
import { error } from "../message.ts";
import { count, perhaps } from "./words.ts";

export const dataSentences = {
  "dataset-unknown": error(
    (f: { name: string; near?: string | null }) =>
      `There is no data set "${f.name}".${perhaps(f.near ?? null)} Choose one that \`ganvas datasets\` lists, or the path of a file or folder of your own.`,
  ),
  "dataset-missing": error(
    (f: { name: string; path?: string }) =>
      `The data set "${f.name}" is not there${f.path ? ` (looked in ${f.path})` : ""}. Build it with \`npm run build\`, or give --data a path.`,
  ),
  "dataset-empty": error(
    (f: { name: string }) => `"${f.name}" holds no images. Choose a folder, zip, IDX or .npy file that has some.`,
  ),
  "data-malformed": error(
    (f: { name: string; reason: string }) =>
      `"${f.name}" cannot be read: ${f.reason}. Choose another file, or make it again.`,
  ),
  "idx-truncated": error(
    (f: { name: string; found: number; wanted: number }) =>
      `"${f.name}" is cut off: it has ${count(f.found, "byte")}, its header promises ${f.wanted.toLocaleString("en")}. Get the file again.`,
  ),
  "images-mixed-sizes": error(
    (f: { name: string; sizes: readonly string[] }) =>
      `The images in "${f.name}" have different sizes (${f.sizes.join(", ")}). Set resize on the Dataset node so that all become equal.`,
  ),
  "data-type": error(
    (f: { name: string; found: string; wanted: string }) =>
      `The data set "${f.name}" gives ${f.found}, and ${f.wanted} is wanted here. Choose another data set, or change the networks.`,
  ),
  "batch-too-large": error(
    (f: { batch: number; count: number; name: string }) =>
      `The batch is ${f.batch}, and "${f.name}" has only ${count(f.count, "row")}. Use a smaller batch, or set drop_last to false.`,
  ),
};

/**
 * Image files as a data set: a folder's or a zip's. Reading and decoding are handed in, so that a page, a worker and the
 * command line share everything else: which files count, which class each has, how sizes and channels are made equal.
 */
import { lumaOf } from "./luma.ts";
import { DatasetProblem, malformed } from "./problems.ts";
import { resizer } from "./resize.ts";
import { halvesOf, pairFiles, type Pairs } from "./pairs.ts";
import type { Images, ImageSet } from "./types.ts";
import { isWanted } from "./zip.ts";

export interface ImageFile {
  /** Relative to the folder, with "/" between folders. */
  readonly path: string;
  read(): Promise<Uint8Array>;
}

/** Height rows of width pixels of `channels` bytes: grey 1, grey and alpha 2, colour 3, colour and alpha 4. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}
export type ImageDecoder = (bytes: Uint8Array) => Promise<DecodedImage>;

export interface FolderOptions {
  /** [H, W]: the shorter side is scaled to fit (antialiased) and the middle kept. Without it all sizes must be equal. */
  readonly resize?: readonly [number, number] | null;
  /** Colour becomes luma. */
  readonly grayscale?: boolean;
  /** Where the second image of each row is; "none" where rows are single. */
  readonly pairs?: Pairs;
  /** Told of each file that cannot be decoded, which is then left out; without it the first such file is the end. */
  skip?(problem: DatasetProblem): void;
  /** Told how many files of how many are done. */
  progress?(done: number, of: number): void;
}

/**
 * Rows in the order of paths. Where every image lies in a folder and there are two folders or more, the folders at the top
 * are the classes, in alphabetical order (as torchvision's ImageFolder has it). Transparent parts become white. Grey and
 * coloured images together make coloured ones. Of pairs, the left halves (or those of the first folder) are the rows.
 * @throws DatasetProblem dataset-empty, images-mixed-sizes, or (without `skip`) data-malformed with the file that could not be decoded
 */
export async function dataSetOfImages(
  name: string,
  files: readonly ImageFile[],
  decode: ImageDecoder,
  options: FolderOptions = {},
): Promise<ImageSet> {
  const images = files.filter(({ path }) => isWanted(path) && isImage(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  if (images.length === 0) throw new DatasetProblem("dataset-empty", { name });
  const { pairs = "none" } = options;
  const rows = new Rows(name, options);
  const targets = new Rows(name, options);
  const listed = pairs === "folders" ? pairFiles(name, images) : images.map((image) => [image]);
  const whole: ImageFile[] = [];
  for (let start = 0; start < listed.length; start += atOnce) {
    const files = listed.slice(start, start + atOnce);
    const decoded = await Promise.all(
      files.map((each) => Promise.all(each.map((file) => decodeFile(name, file, decode, options.skip)))),
    );
    decoded.forEach((found, index) => {
      if (found.some((image) => image === null)) return;
      const [image] = found as DecodedImage[];
      const [first, second] =
        pairs === "side-by-side" ? halvesOf(`${name}/${files[index][0].path}`, image) : (found as DecodedImage[]);
      rows.add(first);
      if (second) targets.add(second);
      whole.push(files[index][0]);
    });
    options.progress?.(start + files.length, listed.length);
  }
  if (whole.length === 0) throw new DatasetProblem("dataset-empty", { name });
  return {
    ...rows.finish(),
    ...(pairs === "none" ? {} : { target: targets.finish() }),
    name,
    title: name,
    count: whole.length,
    licence: "your own",
    source: name,
    ...(pairs === "folders" ? {} : classesOf(whole)),
  };
}

export const isImage = (path: string): boolean => /\.(png|jpe?g|webp|gif|avif|tiff?|svg|bmp)$/i.test(path);

const atOnce = 16;

/** Null for a file that was skipped. */
async function decodeFile(
  name: string,
  { path, read }: ImageFile,
  decode: ImageDecoder,
  skip: FolderOptions["skip"],
): Promise<DecodedImage | null> {
  const bytes = await read();
  try {
    return await decode(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    const problem = malformed(`${name}/${path}`, `it cannot be decoded as an image (${reason})`);
    if (!skip) throw problem;
    skip(problem);
    return null;
  }
}

/** Collects decoded images; keeps them only while they can become one data set, and counts their sizes in any case. */
class Rows {
  private readonly name: string;
  private readonly options: FolderOptions;
  private readonly sizes = new Map<string, number>();
  private kept: { channels: number; planes: Uint8Array }[] = [];
  private size: readonly [number, number] = [0, 0];

  constructor(name: string, options: FolderOptions) {
    this.name = name;
    this.options = options;
  }

  add(image: DecodedImage): void {
    const { height, width } = image;
    const label = `${height}×${width}`;
    this.sizes.set(label, (this.sizes.get(label) ?? 0) + 1);
    if (!this.options.resize && this.sizes.size > 1) {
      this.kept = [];
      return;
    }
    const { channels, planes } = planesOf(image, this.options.grayscale ?? false);
    this.size = this.options.resize ?? [height, width];
    this.kept.push({ channels, planes: resizer([height, width], this.size, { antialias: true })(planes, channels) });
  }

  finish(): Images {
    if (!this.options.resize && this.sizes.size > 1) {
      const common = [...this.sizes].sort(([, a], [, b]) => b - a);
      const sizes = common.slice(0, 5).map(([size, count]) => `${size}: ${count} image${count === 1 ? "" : "s"}`);
      throw new DatasetProblem("images-mixed-sizes", {
        name: this.name,
        sizes: common.length > 5 ? [...sizes, `and ${common.length - 5} other sizes`] : sizes,
      });
    }
    const [height, width] = this.size;
    const channels = Math.max(...this.kept.map((image) => image.channels));
    const area = height * width;
    const data = new Uint8Array(this.kept.length * channels * area);
    this.kept.forEach((image, row) => {
      for (let channel = 0; channel < channels; channel++) {
        const plane = image.channels === 1 ? 0 : channel;
        data.set(image.planes.subarray(plane * area, (plane + 1) * area), (row * channels + channel) * area);
      }
    });
    return { item: { type: "image", shape: [channels, height, width] }, data };
  }
}

/** Pixels as planes, over white where they are transparent. */
function planesOf(
  { width, height, channels, data }: DecodedImage,
  grayscale: boolean,
): { channels: number; planes: Uint8Array } {
  const area = width * height;
  const depth = channels < 3 ? 1 : 3;
  const planes = new Uint8Array(depth * area);
  const hasAlpha = channels === 2 || channels === 4;
  for (let pixel = 0; pixel < area; pixel++) {
    const alpha = hasAlpha ? data[pixel * channels + depth] : 255;
    for (let channel = 0; channel < depth; channel++)
      planes[channel * area + pixel] = Math.round(
        (data[pixel * channels + channel] * alpha + 255 * (255 - alpha)) / 255,
      );
  }
  return grayscale && depth === 3 ? { channels: 1, planes: lumaOf(planes, area) } : { channels: depth, planes };
}

/** A folder around everything, as archives often have one, is no class. */
function classesOf(images: readonly ImageFile[]): Pick<ImageSet, "labels" | "classes"> {
  let folders = images.map(({ path }) => path.split("/").slice(0, -1));
  while (folders.every((parts) => parts.length > 0 && parts[0] === folders[0][0]))
    folders = folders.map((parts) => parts.slice(1));
  if (folders.some((parts) => parts.length === 0)) return {};
  const classes = [...new Set(folders.map(([top]) => top))].sort();
  const number = new Map(classes.map((name, index) => [name, index]));
  return { classes, labels: Int32Array.from(folders, ([top]) => number.get(top)!) };
}

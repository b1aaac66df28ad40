/**
 * Pairs of pictures in a folder or zip: two halves of one picture, as Pix2Pix's data sets have them, or two folders whose
 * pictures have the same names.
 */
import type { DecodedImage, ImageFile } from "./folder.ts";
import { malformed } from "./problems.ts";

export const pairings = ["none", "side-by-side", "folders"] as const;
export type Pairs = (typeof pairings)[number];

/** The left and the right half of a picture. @throws DatasetProblem data-malformed where its width is odd */
export function halvesOf(name: string, { width, height, channels, data }: DecodedImage): [DecodedImage, DecodedImage] {
  if (width % 2 !== 0)
    throw malformed(name, `it is ${width} pixels wide, which has no two halves; a pair is two pictures side by side`);
  const half = width / 2;
  const cut = (start: number): DecodedImage => {
    const out = new Uint8Array(half * height * channels);
    for (let y = 0; y < height; y++) {
      const from = (y * width + start) * channels;
      out.set(data.subarray(from, from + half * channels), y * half * channels);
    }
    return { width: half, height, channels, data: out };
  };
  return [cut(0), cut(half)];
}

/** What the folders of a pair are called, in small letters. */
const folders = [
  ["a", "b"],
  ["input", "target"],
] as const;

/**
 * Pictures of one name in the two folders; of what comes after the name's last dot nothing is asked.
 * @throws DatasetProblem data-malformed where there are no such folders, or a picture is alone
 */
export function pairFiles(name: string, files: readonly ImageFile[]): [ImageFile, ImageFile][] {
  for (const [first, second] of folders) {
    const [inputs, targets] = [first, second].map((folder) => within(files, folder));
    if (inputs.size === 0 || targets.size === 0) continue;
    for (const [one, other, folder] of [
      [inputs, targets, second],
      [targets, inputs, first],
    ] as const)
      for (const [key, { path }] of one)
        if (!other.has(key)) throw malformed(name, `${path} has no picture of the same name in the folder "${folder}"`);
    return [...inputs].map(([key, file]) => [file, targets.get(key)!]);
  }
  const found = [...new Set(files.map(({ path }) => path.split("/").slice(0, -1).join("/") || "its top"))].slice(0, 5);
  throw malformed(
    name,
    `pairs are looked for in two folders A and B, or input and target, and its pictures lie in ${found.join(", ")}`,
  );
}

/** True where pictures lie in two folders of a pair's names. */
export const haveFolders = (paths: readonly string[]): boolean =>
  folders.some((pair) =>
    pair.every((folder) => paths.some((path) => path.toLowerCase().split("/").slice(0, -1).includes(folder))),
  );

/** The pictures below a folder of this name, by what they are called apart from it. */
function within(files: readonly ImageFile[], folder: string): Map<string, ImageFile> {
  return new Map(
    files.flatMap((file) => {
      const parts = file.path.split("/");
      const place = parts.slice(0, -1).findIndex((part) => part.toLowerCase() === folder);
      if (place < 0) return [];
      const key = parts.filter((_, index) => index !== place).join("/");
      return [[key.replace(/\.[^.]+$/, ""), file] as const];
    }),
  );
}

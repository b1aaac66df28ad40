/** Files of a drop, folders opened, each with its path: folders name classes of data. */
export interface Dropped {
  readonly files: readonly File[];
  readonly paths: readonly string[];
}

export async function droppedFiles(transfer: DataTransfer): Promise<Dropped> {
  // entries are to be had only while the event is handled, so all are asked for before the first wait
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const found = entries.length > 0 ? (await Promise.all(entries.map(within))).flat() : [...transfer.files].map(bare);
  const seen = found.filter(({ file }) => !file.name.startsWith(".")); // .DS_Store
  return { files: seen.map(({ file }) => file), paths: seen.map(({ path }) => path) };
}

interface Found {
  readonly file: File;
  readonly path: string;
}

const bare = (file: File): Found => ({ file, path: file.name });

async function within(entry: FileSystemEntry): Promise<Found[]> {
  const path = entry.fullPath.replace(/^\//, "");
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: Found[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all; // a reader gives at most a hundred at a time
    for (const each of some) all.push(...(await within(each)));
  }
}

/** How files become a data set: its name, the size of its pictures, their colours, and where pairs are. */
import { useState } from "react";
import { useKeeping, useParts } from "../model/context.ts";
import type { Pairs } from "../../datasets/pairs.ts";
import type { IncomingData } from "../keeping/keeping.ts";
import { Button } from "../ui/Button.tsx";
import styles from "./IncomingForm.module.css";

const usual = [0, 28, 32, 64, 128, 256];
const pairings: Readonly<Record<Pairs, string>> = {
  none: "One picture each",
  "side-by-side": "Pairs: left half and right half",
  folders: "Pairs: folders A and B, or input and target",
};

export function IncomingForm({ incoming, onDone }: { readonly incoming: IncomingData; onDone(name: string): void }) {
  const { keeping, workbench } = useParts();
  const busy = useKeeping((state) => state.busy);
  const [name, setName] = useState(incoming.name);
  const [size, setSize] = useState(incoming.size);
  const [grayscale, setGrayscale] = useState(false);
  const [pairs, setPairs] = useState<Pairs>(incoming.pairs);
  const sizes = [...new Set([...usual, incoming.size])].sort((a, b) => a - b);
  const [fault, setFault] = useState<string | null>(null);
  const bytes = incoming.files.reduce((sum, file) => sum + file.bytes.size, 0);
  async function add(): Promise<void> {
    setFault(null);
    const why = await keeping.addIncoming({ name: name.trim(), resize: size ? [size, size] : null, grayscale, pairs });
    setFault(why);
    if (why !== null) return;
    onDone(`own/${name.trim()}`);
    workbench.set({ sheet: null });
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <p className={styles.files}>
        {incoming.files.length === 1 ? incoming.files[0].path : `${incoming.files.length} files`},{" "}
        <span className="number">{(bytes / 2 ** 20).toFixed(1)}</span> MB
      </p>
      <label className={styles.field}>
        Name
        <input value={name} required onChange={(event) => setName(event.currentTarget.value)} />
      </label>
      <label className={styles.field}>
        Size
        <select value={size} onChange={(event) => setSize(Number(event.currentTarget.value))}>
          {sizes.map((each) => (
            <option key={each} value={each}>
              {each === 0 ? "As they are" : `${each}×${each}, cropped to a square`}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        Rows
        <select value={pairs} onChange={(event) => setPairs(event.currentTarget.value as Pairs)}>
          {Object.entries(pairings).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.check}>
        <input type="checkbox" checked={grayscale} onChange={(event) => setGrayscale(event.currentTarget.checked)} />
        One grey channel
      </label>
      {fault && (
        <p className={styles.fault} role="alert">
          {fault}
        </p>
      )}
      <div className={styles.buttons}>
        <Button type="submit" variant="primary" disabled={busy !== null}>
          {busy ?? "Add"}
        </Button>
      </div>
    </form>
  );
}

/** Data sets to train on: those that come with the studio and a person's own, each with a look at its rows. */
import { Trash2, Upload } from "lucide-react";
import { useEffect, useState } from "react";
import type { ImageItem, VectorItem } from "../../datasets/types.ts";
import { builtIn } from "../../datasets/catalogue.ts";
import type { SampleSheet } from "../../session/protocol.ts";
import { useKeeping, useParts } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { groupedNumber } from "../ui/NumberText.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { IncomingForm } from "./IncomingForm.tsx";
import { Rows } from "./Rows.tsx";
import styles from "./DataSheet.module.css";

interface Shown {
  readonly name: string;
  readonly title: string;
  readonly words: string;
  readonly own: boolean;
}

export function DataSheet({ onClose }: { onClose(): void }) {
  const { keeping } = useParts();
  const own = useKeeping((state) => state.dataSets);
  const incoming = useKeeping((state) => state.incoming);
  const [chosen, setChosen] = useState(builtIn[0].name);
  const close = () => {
    if (incoming) void keeping.addIncoming(null);
    onClose();
  };
  const size = ({ type, shape }: ImageItem | VectorItem) =>
    type === "image" ? shape.join("×") : shape[0] === 1 ? "One number a row" : `${shape[0]} numbers a row`;
  const sets: readonly Shown[] = [
    ...own.map(({ name, title, item, count, classNames }) => ({
      ...{ name, title, own: true },
      words: `${groupedNumber(count ?? 0)} rows. ${size(item)}${classNames.length > 0 ? `, ${classNames.length} classes` : ""}`,
    })),
    ...builtIn.map(({ name, title, item, summary, licence }) => ({
      ...{ name, title, own: false },
      words: `${summary}. ${size(item)}${licence === "none needed" ? "" : `, ${licence}`}`,
    })),
  ];
  const shown = sets.find(({ name }) => name === chosen) ?? sets[0];
  if (incoming)
    return (
      <Sheet title="New data set" lead="It is read here and kept in this browser." width="narrow" onClose={close}>
        <IncomingForm incoming={incoming} onDone={setChosen} />
      </Sheet>
    );
  return (
    <Sheet
      title="Data sets"
      lead="Everything stays on this machine."
      width="wide"
      onClose={close}
      footer={
        <Button icon={<Upload size={16} />} onClick={() => keeping.chooseFiles()}>
          Add pictures, .zip, .npy or IDX
        </Button>
      }
    >
      <div className={styles.columns}>
        <ul className={styles.list} aria-label="Data sets">
          {sets.map(({ name, title, own: mine }) => (
            <li key={name} className={styles.row} data-chosen={name === shown.name || undefined}>
              <button
                type="button"
                className={styles.set}
                aria-pressed={name === shown.name}
                onClick={() => setChosen(name)}
              >
                {title}
              </button>
              {mine && (
                <IconButton label={`Delete ${title}`} size="small" onClick={() => void keeping.deleteDataSet(name)}>
                  <Trash2 size={14} />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
        <section className={styles.shown} aria-label={shown.title}>
          <h3 className={styles.title}>{shown.title}</h3>
          <p className={styles.words}>{shown.words}</p>
          <Look key={shown.name} dataSet={shown.name} />
        </section>
      </div>
    </Sheet>
  );
}

function Look({ dataSet }: { readonly dataSet: string }) {
  const { client } = useParts();
  const [sheet, setSheet] = useState<SampleSheet | string | null>(null);
  useEffect(() => {
    let wanted = true;
    const take = (found: SampleSheet | string) => wanted && setSheet(found);
    client.request("peek", { dataSet, count: 512 }).then(take, (error: Error) => take(error.message));
    return () => void (wanted = false);
  }, [client, dataSet]);
  if (sheet === null) return <p className={styles.words}>Reading…</p>;
  if (typeof sheet === "string") return <p role="alert">{sheet}</p>;
  return <Rows sheet={sheet} />;
}

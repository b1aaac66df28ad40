/** A grid of samples at a chosen seed, as a picture; points as a table. */
import { Download, RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import type { SampleSheet } from "../../session/protocol.ts";
import { download } from "../keeping/files.ts";
import { useParts, useStudio, useTraining } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { groupedNumber } from "../ui/NumberText.tsx";
import { Count } from "./Controls.tsx";
import type { Facts } from "./facts.ts";
import { exportName } from "./names.ts";
import { gridOf, npyOf, pointsCsv, scaleOf } from "./samples.ts";
import { Notice, Standing } from "./Standing.tsx";
import { reasonOf, useJob } from "./useJob.ts";
import { Waiting } from "./Waiting.tsx";
import styles from "./Export.module.css";

interface Drawn {
  readonly sheet: SampleSheet;
  readonly png: Blob | null;
}

export function SamplesPanel({ facts }: { readonly facts: Facts }) {
  const { training } = useParts();
  const title = useStudio((state) => state.document.name);
  const open = useTraining((state) => state.open);
  const iteration = useTraining((state) => state.iteration);
  const [rows, setRows] = useState(8);
  const [columns, setColumns] = useState(8);
  const [seed, setSeed] = useState(0);
  const { job, run, clear } = useJob<Drawn>();
  const picture = usePicture(job.status === "done" ? job.result.png : null);
  const draw = () =>
    run("Drawing samples", async () => {
      const sheet = await training.sample({ count: rows * columns, seed, numbers: true });
      if (!sheet) throw new Error("No samples could be drawn.");
      const grid = await gridOf(sheet, columns, scaleOf(sheet));
      return { sheet, png: (await grid?.convertToBlob({ type: "image/png" })) ?? null };
    });
  const part = `samples-${seed}`;
  const choosing = (set: (value: number) => void) => (value: number) => {
    clear();
    set(value);
  };
  if (!open)
    return <Notice>Samples are drawn by the run at work. Train, or go on with training, and come back.</Notice>;
  return (
    <>
      <Standing facts={facts} />
      <div className={styles.options}>
        <Count title="Rows" value={rows} min={1} max={32} onChange={choosing(setRows)} />
        <Count title="Columns" value={columns} min={1} max={32} onChange={choosing(setColumns)} />
        <Count title="Seed" value={seed} min={0} max={2 ** 32 - 1} onChange={choosing(setSeed)} />
      </div>
      <div className={styles.outcome} aria-live="polite">
        {job.status === "idle" && (
          <Button variant="primary" icon={<RefreshCw size={16} />} onClick={() => void draw()}>
            Draw
          </Button>
        )}
        {job.status === "running" && <Waiting what={job.what} onCancel={clear} />}
        {job.status === "failed" && <Notice tone="bad">{reasonOf(job.error)}</Notice>}
        {job.status === "done" && (
          <>
            {picture && (
              <div className={styles.preview} tabIndex={0} role="group" aria-label="Preview">
                <img src={picture} className={styles.grid} alt={`${job.result.sheet.count} samples`} />
              </div>
            )}
            <div className={styles.take}>
              <Button
                variant="primary"
                icon={<Download size={16} />}
                onClick={() =>
                  job.result.png
                    ? download(exportName(title, part, "png"), job.result.png, "image/png")
                    : download(exportName(title, part, "csv"), pointsCsv(job.result.sheet), "text/csv")
                }
              >
                Download
              </Button>
              <Button
                title="The generator's own numbers, as NumPy reads them"
                onClick={() =>
                  download(exportName(title, part, "npy"), npyOf(job.result.sheet), "application/octet-stream")
                }
              >
                Download .npy
              </Button>
              <p className={styles.fileWords}>
                <span className={styles.fileName}>{exportName(title, part, job.result.png ? "png" : "csv")}</span>
                <span className={styles.faint}>
                  {groupedNumber(job.result.sheet.count)} {job.result.png ? "pictures" : "points, one a row"}, iteration{" "}
                  {groupedNumber(iteration)}.
                </span>
              </p>
            </div>
          </>
        )}
      </div>
    </>
  );
}

function usePicture(png: Blob | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!png) return setAddress(null);
    const made = URL.createObjectURL(png);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [png]);
  return address;
}

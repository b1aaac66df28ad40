/** A network's weights under their state_dict names, as a safetensors file. */
import { Download } from "lucide-react";
import { useState } from "react";
import { by } from "../../core/kind/display.ts";
import { weightsOf } from "../../core/program/weights.ts";
import { download } from "../keeping/files.ts";
import { useParts, useStudio } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { groupedNumber } from "../ui/NumberText.tsx";
import { Code } from "./Code.tsx";
import { Choice } from "./Controls.tsx";
import type { Facts } from "./facts.ts";
import { exportName } from "./names.ts";
import { sizeText, weightsSize } from "./sizes.ts";
import { safetensorsSnippet } from "./snippets.ts";
import { Notice, Standing, useObstacle, useUntrained } from "./Standing.tsx";
import { reasonOf, useJob } from "./useJob.ts";
import { Waiting } from "./Waiting.tsx";
import styles from "./Export.module.css";

interface Exported {
  readonly bytes: Uint8Array;
  readonly iteration: number;
}

export function WeightsPanel({ facts }: { readonly facts: Facts }) {
  const { networks } = facts;
  const { training } = useParts();
  const title = useStudio((state) => state.document.name);
  const [name, setName] = useState(networks[0].name);
  const { job, run, clear } = useJob<Exported>();
  const untrained = useUntrained();
  const obstacle = useObstacle(facts);
  const network = networks.find((each) => each.name === name) ?? networks[0];
  const weights = weightsOf(network);
  const file = exportName(title, network.name, "safetensors");
  const work = async (): Promise<Exported> => {
    const bytes = await training.exportSafetensors(network.name);
    return { bytes, iteration: training.store.getState().iteration };
  };
  const start = () =>
    run("Reading the weights", work, ({ bytes }) =>
      download(file, bytes as Uint8Array<ArrayBuffer>, "application/octet-stream"),
    );
  return (
    <>
      <Standing facts={facts} />
      <div className={styles.options}>
        <Choice
          title="Which network"
          value={network.name}
          options={networks.map((each) => ({ value: each.name, title: each.name }))}
          onChange={(chosen) => {
            clear();
            setName(chosen);
          }}
        />
      </div>
      <div className={styles.outcome}>
        {job.status === "running" && <Waiting what={job.what} onCancel={clear} />}
        {job.status === "failed" && <Notice tone="bad">{reasonOf(job.error)}</Notice>}
        {job.status !== "running" && (
          <div className={styles.take}>
            <Button
              variant="primary"
              icon={<Download size={16} />}
              disabled={obstacle !== null}
              onClick={() => void start()}
            >
              {untrained ? "Download fresh weights" : "Download"}
            </Button>
            <p className={styles.fileWords}>
              <span className={styles.fileName}>{file}</span>
              <span className={styles.faint} role="status">
                {job.status === "done"
                  ? `${sizeText(job.result.bytes.length)}, iteration ${groupedNumber(job.result.iteration)}: handed to the browser.`
                  : `About ${sizeText(weightsSize(network, "float32"))}. Drop it on this page to put the weights back.`}
              </span>
            </p>
          </div>
        )}
      </div>
      <section className={styles.names} aria-label="Names and shapes">
        <h4 className={styles.label}>
          <span className="number">{weights.length}</span> weights and buffers
        </h4>
        <ul className={styles.nameList} tabIndex={0} aria-label="Weights and buffers">
          {weights.map(({ path, shape }) => (
            <li key={path}>
              <span>{path}</span>
              <span className={styles.shape}>{shape.length > 0 ? by(shape) : "scalar"}</span>
            </li>
          ))}
        </ul>
      </section>
      <Code title="Load it in PyTorch" snippets={[safetensorsSnippet(file, network.name)]} />
    </>
  );
}

/** A network as an .onnx file: written, compared with ONNX Runtime, and handed out only where both agree. */
import { Download } from "lucide-react";
import { useMemo, useState } from "react";
import type { ExportProof } from "../../session/protocol.ts";
import { useParts, useStudio } from "../model/context.ts";
import { download } from "../keeping/files.ts";
import { Button } from "../ui/Button.tsx";
import { groupedNumber } from "../ui/NumberText.tsx";
import { Code } from "./Code.tsx";
import { Check, Choice, Select } from "./Controls.tsx";
import { fedInputs, type Facts } from "./facts.ts";
import { exportName } from "./names.ts";
import { Proof } from "./Proof.tsx";
import { onnxSize, sizeText, type Storage } from "./sizes.ts";
import { onnxSnippets } from "./snippets.ts";
import { Notice, Standing, useObstacle, useUntrained } from "./Standing.tsx";
import { reasonOf, useJob } from "./useJob.ts";
import { Waiting } from "./Waiting.tsx";
import styles from "./Export.module.css";

/** Operator sets that can be written. */
const opsets = ["13", "14", "15", "16", "17", "18", "19", "20", "21"] as const;
const storages = ["float32", "float16", "int8"] as const satisfies readonly Storage[];

/** Stands for the sampler among the networks: no network can be called so. */
const wholeWay = "*";

interface Exported {
  readonly bytes: Uint8Array;
  readonly proof: ExportProof | null;
  readonly iteration: number;
}

export function OnnxPanel({ facts }: { readonly facts: Facts }) {
  const { networks, program, sampler } = facts;
  const { training } = useParts();
  const document = useStudio((state) => state.document);
  const [name, setName] = useState(networks[0].name);
  const [opset, setOpset] = useState<(typeof opsets)[number]>("17");
  const [storage, setStorage] = useState<Storage>("float32");
  const [keepDropout, setKeepDropout] = useState(false);
  const { job, run, clear } = useJob<Exported>();
  const untrained = useUntrained();
  const obstacle = useObstacle(facts);
  const whole = name === wholeWay ? sampler : null;
  const network = whole ?? networks.find((each) => each.name === name) ?? networks[0];
  const text = useMemo(() => JSON.stringify(document), [document]);
  const file = exportName(document.name, network.name, "onnx");
  const outputs = network.outputs.map((each) => each.name);
  /** Another choice makes another file: what was written is void. */
  const choosing =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      clear();
      set(value);
    };
  const start = () =>
    run("Opening the run", async () => {
      const { bytes, proof } = await training.exportOnnx({
        ...{ network: whole ? null : network.name, opset: Number(opset), weights: storage, keepDropout },
      });
      return { bytes, proof, iteration: training.store.getState().iteration };
    });
  return (
    <>
      <Standing facts={facts} />
      <div className={styles.options}>
        <Choice
          title="Which network"
          value={whole ? wholeWay : network.name}
          options={[
            ...networks.map((each) => ({ value: each.name, title: each.name })),
            ...(sampler
              ? [
                  {
                    value: wholeWay,
                    title: `The whole way from noise to ${sampler.outputs[0].type.type === "image" ? "image" : "sample"}`,
                    note: "sampler",
                  },
                ]
              : []),
          ]}
          onChange={choosing(setName)}
        />
        <Choice
          title="Weights"
          value={storage}
          options={storages.map((value) => ({ value, title: value, note: sizeText(onnxSize(network, value, text)) }))}
          onChange={choosing(setStorage)}
        />
        <Select
          title="Opset"
          value={opset}
          options={opsets.map((value) => ({ value, title: value, ...(value === "17" ? { note: "usual" } : {}) }))}
          onChange={choosing(setOpset)}
        />
        <Check title="Keep dropout" checked={keepDropout} onChange={choosing(setKeepDropout)}>
          At work, as the noise of image-to-image networks
        </Check>
      </div>
      <div className={styles.outcome} aria-live="polite">
        {job.status === "idle" && (
          <Button variant="primary" disabled={obstacle !== null} onClick={() => void start()}>
            {untrained ? "Export with fresh weights" : "Export"}
          </Button>
        )}
        {job.status === "running" && <Waiting what={job.what} onCancel={clear} />}
        {job.status === "failed" && (
          <>
            <Notice tone="bad">{reasonOf(job.error)}</Notice>
            <Button onClick={() => void start()}>Try again</Button>
          </>
        )}
        {job.status === "done" && (
          <>
            {job.result.proof && <Proof proof={job.result.proof} keepDropout={keepDropout} />}
            <div className={styles.take}>
              <Button
                variant="primary"
                icon={<Download size={16} />}
                onClick={() => download(file, job.result.bytes as Uint8Array<ArrayBuffer>, "application/octet-stream")}
              >
                Download
              </Button>
              <p className={styles.fileWords}>
                <span className={styles.fileName}>{file}</span>
                <span className={styles.faint}>
                  {sizeText(job.result.bytes.length)}, iteration {groupedNumber(job.result.iteration)}. The document
                  travels in it: drop the file here to open it again.
                </span>
              </p>
            </div>
          </>
        )}
      </div>
      <Code title="Run it elsewhere" snippets={onnxSnippets(file, fedInputs(network, program), outputs)} />
    </>
  );
}

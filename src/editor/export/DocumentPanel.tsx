/** The document itself, as a file or a link. */
import { Download, Link } from "lucide-react";
import { useMemo } from "react";
import { documentText } from "../keeping/files.ts";
import { useParts, useStudio } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { groupedNumber } from "../ui/NumberText.tsx";
import { documentFileName } from "./names.ts";
import { sizeText } from "./sizes.ts";
import { Notice } from "./Standing.tsx";
import { reasonOf, useJob } from "./useJob.ts";
import styles from "./Export.module.css";

export function DocumentPanel() {
  const { keeping } = useParts();
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const size = useMemo(() => new Blob([documentText(document)]).size, [document]);
  const { job, run } = useJob<null>();
  const networks = Object.keys(document.networks).map((name) => ({
    name,
    layers: Object.keys(document.networks[name].nodes).length,
    parameters: analysis.networks.get(name)?.parameters ?? 0,
  }));
  const total = networks.reduce((sum, { parameters }) => sum + parameters, 0);
  const copyLink = () =>
    run("Packing", async () => {
      await navigator.clipboard.writeText(await keeping.link());
      return null;
    });
  return (
    <>
      <p className={styles.standing}>
        Everything on the canvas: networks, blocks, training, places and notes. Weights are files of their own.
      </p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Network</th>
            <th scope="col">Nodes</th>
            <th scope="col">Parameters</th>
          </tr>
        </thead>
        <tbody>
          {networks.map(({ name, layers, parameters }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="number">{groupedNumber(layers)}</td>
              <td className="number">{groupedNumber(parameters)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">training</th>
            <td className="number">{groupedNumber(Object.keys(document.training.nodes).length)}</td>
            <td />
          </tr>
        </tbody>
        {networks.length > 1 && (
          <tfoot>
            <tr>
              <th scope="row">together</th>
              <td />
              <td className="number">{groupedNumber(total)}</td>
            </tr>
          </tfoot>
        )}
      </table>
      <div className={styles.take}>
        <Button variant="primary" icon={<Download size={16} />} onClick={() => keeping.saveFile()}>
          Download
        </Button>
        <Button icon={<Link size={16} />} onClick={() => void copyLink()}>
          {job.status === "done" ? "Link copied" : "Copy a link"}
        </Button>
        <p className={styles.fileWords}>
          <span className={styles.fileName}>{documentFileName(document.name)}</span>
          <span className={styles.faint}>
            {sizeText(size)} of JSON. A link holds the whole document: nothing is uploaded.
          </span>
        </p>
      </div>
      <p className="unseen" role="status">
        {job.status === "done" && "The link is copied."}
      </p>
      {job.status === "failed" && <Notice tone="bad">The link was not copied. {reasonOf(job.error)}</Notice>}
    </>
  );
}

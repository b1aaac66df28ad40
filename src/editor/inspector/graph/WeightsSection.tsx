/** The file of weights that a network starts from: which it is, whether this browser holds it, and how it gets one. */
import { CircleAlert, Download, FileUp, X } from "lucide-react";
import { weightsFileOf } from "../../../core/document/weights-file.ts";
import { useKeeping, useParts, useStudio } from "../../model/context.ts";
import { Button } from "../../ui/Button.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import styles from "../Inspector.module.css";
import { Section } from "../Section.tsx";

export function WeightsSection({ name }: { readonly name: string }) {
  const { keeping, studio } = useParts();
  const file = weightsFileOf(useStudio((state) => state.document.networks[name]));
  const trained = useStudio(({ analysis }) =>
    [...analysis.training.nodes.values()].some(
      (node) => node.role === "sink" && node.kind.trains(node.params).includes(name),
    ),
  );
  const held = useKeeping(({ heldWeights }) => file !== null && heldWeights.includes(file.sha256));
  const choose = (title: string) => (
    <Button size="small" icon={<FileUp size={14} aria-hidden />} onClick={() => keeping.weights.choose(name)}>
      {title}
    </Button>
  );
  if (!file)
    return (
      <Section title="Weights">
        <div className={styles.actions}>{choose("Use weights from a file…")}</div>
      </Section>
    );
  const forget = () =>
    studio.edit(`Fresh weights for ${name}`, [
      { do: "set-graph-part", graph: `networks.${name}`, part: "weights", value: undefined },
    ]);
  return (
    <Section title="Weights">
      <div className={styles.list}>
        <div className={styles.listed}>
          <span className={styles.grow}>
            {file.file}
            <span className={styles.aside}>{file.sha256.slice(0, 12)}</span>
          </span>
          {held && (
            <IconButton label={`Save ${file.file}`} size="small" onClick={() => void keeping.weights.save(file)}>
              <Download size={14} />
            </IconButton>
          )}
          <IconButton label="Let it start fresh" size="small" onClick={forget}>
            <X size={14} />
          </IconButton>
        </div>
      </div>
      {held ? (
        <p className={styles.small}>
          {trained ? "Training starts from these." : "No optimizer trains this network, so they stay as they are."}
        </p>
      ) : (
        <p className={styles.small} role="alert">
          <CircleAlert size={14} aria-hidden /> This browser does not hold the file. Choose it, and it is kept here.
        </p>
      )}
      <div className={styles.actions}>{choose(held ? "Another file…" : "Choose the file…")}</div>
    </Section>
  );
}

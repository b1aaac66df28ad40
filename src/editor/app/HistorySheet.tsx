/** Former states of the document, to look at and to go back to. */
import { useEffect, useState } from "react";
import { analyze } from "../../core/analysis/analyze.ts";
import { parse } from "../../core/document/parse.ts";
import type { GanDocument } from "../../core/document/types.ts";
import { builtInFacts } from "../../datasets/catalogue.ts";
import { vocabulary } from "../../kinds/index.ts";
import { useParts, useStudio } from "../model/context.ts";
import { differences } from "../keeping/differences.ts";
import type { Version } from "../../storage/storage.ts";
import { Button } from "../ui/Button.tsx";
import { groupedNumber } from "../ui/NumberText.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { NetworkPicture } from "./NetworkPicture.tsx";
import { ago, moment } from "./when.ts";
import styles from "./HistorySheet.module.css";

export function HistorySheet({ onClose }: { onClose(): void }) {
  const { keeping, workbench, studio } = useParts();
  const [versions, setVersions] = useState<readonly Version[] | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const former = useFormer(chosen);
  useEffect(() => {
    void keeping.flush();
    void keeping.versions().then((found) => {
      setVersions(found);
      setChosen(found[0]?.saved ?? null);
    });
  }, [keeping]);
  async function restore(saved: number): Promise<void> {
    await keeping.restore(saved);
    onClose();
    workbench.say("Back at a former state.", { action: { title: "Undo", run: () => studio.undo() } });
  }
  const now = Date.now();
  return (
    <Sheet
      title="History"
      lead="Former states of this document, kept in this browser. Going back is an edit: it can be undone."
      width="wide"
      onClose={onClose}
      footer={
        <Button
          variant="primary"
          disabled={chosen === null || !former}
          onClick={() => chosen !== null && void restore(chosen)}
        >
          Go back to this
        </Button>
      }
    >
      {versions?.length === 0 && <p className={styles.none}>Nothing yet. States are kept as you edit.</p>}
      {versions && versions.length > 0 && (
        <div className={styles.columns}>
          <ul className={styles.list} aria-label="States">
            {versions.map(({ saved, label }) => (
              <li key={saved}>
                <button
                  type="button"
                  className={styles.state}
                  aria-pressed={saved === chosen}
                  onClick={() => setChosen(saved)}
                >
                  <span>{label || "While editing"}</span>
                  <time className={styles.when} dateTime={new Date(saved).toISOString()} title={ago(saved, now)}>
                    {moment(saved, now)}
                  </time>
                </button>
              </li>
            ))}
          </ul>
          {former && <Preview former={former} />}
        </div>
      )}
    </Sheet>
  );
}

function Preview({ former }: { readonly former: GanDocument }) {
  const document = useStudio((state) => state.document);
  const analysis = analyze(former, vocabulary, builtInFacts);
  const networks = Object.keys(former.networks).map((name) => analysis.networks.get(name)!);
  const changes = differences(former, document);
  return (
    <section className={styles.preview} aria-label="Preview">
      <div className={styles.picture}>
        <NetworkPicture networks={networks} />
      </div>
      <h3 className={styles.name}>{former.name}</h3>
      <p className={styles.sizes}>
        {networks.map(({ name, parameters }) => (
          <span key={name}>
            {name} <span className="number">{groupedNumber(parameters)}</span>
          </span>
        ))}
      </p>
      <h4 className={styles.title}>What has changed since</h4>
      {changes.length === 0 ? (
        <p className={styles.none}>Nothing.</p>
      ) : (
        <ul className={styles.changes}>
          {changes.slice(0, 12).map((change) => (
            <li key={change}>{change}</li>
          ))}
          {changes.length > 12 && <li>and {changes.length - 12} more</li>}
        </ul>
      )}
    </section>
  );
}

/** The document of a former state, once it is read. */
function useFormer(saved: number | null): GanDocument | null {
  const { keeping } = useParts();
  const [read, setRead] = useState<{ readonly saved: number; readonly document: GanDocument | null } | null>(null);
  useEffect(() => {
    if (saved === null) return;
    let wanted = true;
    void keeping.version(saved).then((text) => {
      if (wanted) setRead({ saved, document: text === null ? null : parse(text).document });
    });
    return () => void (wanted = false);
  }, [keeping, saved]);
  return read?.saved === saved ? read.document : null;
}

/** Whether the game goes well, beside the losses, which say little: gradients, how varied samples are, what D thinks of them. */
import { CircleAlert, CircleCheck, Info } from "lucide-react";
import { useCallback, useMemo } from "react";
import type { Snapshot } from "../../session/protocol.ts";
import { useParts, useStudio, useTraining } from "../model/context.ts";
import styles from "./Dock.module.css";
import healthStyles from "./Health.module.css";
import { gradientFinding, meanOf, spreadFinding, type Finding } from "./health.ts";
import { optimizerLines, type Line } from "./lines.ts";
import { Sparkline } from "./Sparkline.tsx";
import { useLatest } from "./useLatest.ts";
import { figures, grouped } from "./words.ts";

export function Health() {
  const snapshots = useTraining((state) => state.snapshots);
  const last = snapshots.at(-1) ?? null;
  const lines = useOptimizerLines();
  const values = useLatest<HTMLDListElement>("gradients", lines, 3);
  const findings = useFindings(snapshots, lines);
  return (
    <>
      <header className={styles.title}>
        <h2>Health</h2>
        {last && <p className={styles.note}>snapshot at {grouped(last.iteration)}</p>}
      </header>
      <div className={healthStyles.body}>
        <dl className={healthStyles.rows} ref={values}>
          {lines.map((line) => (
            <GradientRow key={line.key} line={line} />
          ))}
          {last && <SnapshotRows snapshots={snapshots} last={last} />}
        </dl>
        {findings.map((finding) => (
          <Says key={finding.text} finding={finding} />
        ))}
        {!last && <Waiting />}
      </div>
    </>
  );
}

function GradientRow({ line }: { readonly line: Line }) {
  const { training } = useParts();
  const values = useCallback(() => {
    const { gradients, length } = training.series;
    return gradients.get(line.key)?.subarray(0, length) ?? [];
  }, [training, line.key]);
  return (
    <div>
      <dt title={`Length of the gradient of ${line.label}'s weights, before clipping`}>‖∇‖ {line.label}</dt>
      <dd>
        <span className="number" data-latest={line.key} />
        <Sparkline values={values} hue={line.hue} />
      </dd>
    </div>
  );
}

function SnapshotRows({ snapshots, last }: { readonly snapshots: readonly Snapshot[]; readonly last: Snapshot }) {
  const spreads = useCallback(() => snapshots.map(({ spread }) => spread?.samples ?? NaN), [snapshots]);
  const scores = useCallback(
    () => snapshots.map(({ sheet }) => (sheet.scores ? meanOf(sheet.scores) : NaN)),
    [snapshots],
  );
  return (
    <>
      {last.spread && (
        <div>
          <dt title="Mean distance between two samples / between two rows of data">Spread</dt>
          <dd>
            <span className="number">
              {figures(last.spread.samples, 3)} / {figures(last.spread.data, 3)}
            </span>
            <Sparkline values={spreads} hue="--accent" />
          </dd>
        </div>
      )}
      {last.sheet.scores && (
        <div>
          <dt title="The discriminator's mean score of the samples, as it comes">D on samples</dt>
          <dd>
            <span className="number">{figures(meanOf(last.sheet.scores), 3)}</span>
            <Sparkline values={scores} hue="--loss" />
          </dd>
        </div>
      )}
    </>
  );
}

function Waiting() {
  const begun = useTraining((state) => state.open);
  return <p className={styles.note}>{begun ? "Waiting for the first snapshot" : "Continue to see more of it."}</p>;
}

const icons = { good: CircleCheck, plain: Info, warn: CircleAlert };

function Says({ finding: { tone, text } }: { readonly finding: Finding }) {
  const Icon = icons[tone];
  return (
    <p className={`${healthStyles.says} ${healthStyles[tone]}`}>
      <Icon size={14} aria-hidden="true" />
      {text}
    </p>
  );
}

function useOptimizerLines(): readonly Line[] {
  const { training } = useParts();
  const analysis = useStudio((state) => state.analysis);
  const keys = useTraining(() => [...training.series.gradients.keys()].join("\n"));
  return useMemo(() => optimizerLines(analysis, keys ? keys.split("\n") : []), [analysis, keys]);
}

/** Looks anew at each snapshot: often enough for words. */
function useFindings(snapshots: readonly Snapshot[], lines: readonly Line[]): readonly Finding[] {
  const { training } = useParts();
  return useMemo(() => {
    const last = snapshots.at(-1);
    if (!last) return [];
    const { gradients, length } = training.series;
    const norms = lines.map(({ key, label }) => {
      const column = gradients.get(key)?.subarray(0, length) ?? new Float32Array(0);
      return gradientFinding(label, column.subarray(Math.max(0, length - 50)));
    });
    return [spreadFinding(last, snapshots.at(-2)), ...norms].filter((finding) => finding !== null);
  }, [training, snapshots, lines]);
}

/** Quiet bars under the dock's header: what went wrong, what has changed, what is kept, and what a single step did. */
import { CircleAlert, CircleDot, GitCompareArrows, History } from "lucide-react";
import type { ReactNode } from "react";
import { isError } from "../../core/analysis/diagnostics.ts";
import type { GraphName } from "../../core/document/types.ts";
import { useParts, useStudio, useTraining } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import styles from "./Bars.module.css";
import { figures, grouped } from "./words.ts";

export function Bars() {
  return (
    <>
      <Failure />
      <Kept />
      <Changed />
      <OneStep />
    </>
  );
}

function Failure() {
  const { studio, training } = useParts();
  const drifted = useTraining((state) => state.drift === "meaning");
  const now = useTraining((state) => state.now);
  if (now.status !== "failed") return null;
  const at = now.diagnostics.find((diagnostic) => diagnostic.at.graph)?.at;
  return (
    <Bar tone="bad" icon={<CircleAlert size={14} aria-hidden="true" />} text={now.text}>
      {at?.graph && (
        <Button size="small" onClick={() => studio.show(at.graph as GraphName, at.node ? [at.node] : [])}>
          Show {now.diagnostics.length > 1 ? "the first" : "it"}
        </Button>
      )}
      {drifted && (
        <Button size="small" onClick={() => training.undoChanges()}>
          Undo the changes
        </Button>
      )}
    </Bar>
  );
}

function Kept() {
  const { training } = useParts();
  const saved = useTraining(({ now, saved, open }) => (now.status === "idle" && !open ? saved : null));
  if (saved === null || saved === 0) return null;
  return (
    <Bar icon={<History size={14} aria-hidden="true" />} text={`Kept at iteration ${grouped(saved)}.`}>
      <Button size="small" onClick={() => void training.train()}>
        Continue
      </Button>
    </Bar>
  );
}

function Changed() {
  const { training } = useParts();
  const drift = useTraining((state) => state.drift);
  const since = useTraining((state) => state.driftSince);
  const sound = useStudio((state) => !state.analysis.diagnostics.some(isError));
  const elsewhere = useTraining(({ now }) => now.status === "preparing" || now.status === "failed");
  if (drift !== "meaning" || since === null || elsewhere) return null;
  const text = `The graph has changed since iteration ${grouped(since)}. Training knows it as it was.`;
  return (
    <Bar tone="warn" icon={<GitCompareArrows size={14} aria-hidden="true" />} text={text}>
      <Button size="small" disabled={!sound} onClick={() => void training.adopt()}>
        Keep what fits
      </Button>
      <Button size="small" disabled={!sound} onClick={() => void training.reset()}>
        Start over
      </Button>
      <Button size="small" onClick={() => training.undoChanges()}>
        Undo the changes
      </Button>
    </Bar>
  );
}

/** An iteration in slow motion: what the last step of an optimizer did. */
function OneStep() {
  const step = useTraining((state) => state.step);
  const slices = useTraining((state) => state.slices);
  if (!step) return null;
  const steps = slices.filter(({ optimizer }) => optimizer === step.optimizer).length;
  const losses = Object.entries(step.losses).map(([node, value]) => `${node} ${figures(value)}`);
  return (
    <Bar
      icon={<CircleDot size={14} aria-hidden="true" />}
      text={
        <>
          <strong>
            {step.optimizer} step {step.step + 1} of {steps}
          </strong>
          : evaluated {step.evaluated.join(", ")}; updated {step.updated.join(", ")}
          {losses.length > 0 && (
            <>
              ; loss <span className="number">{losses.join(", ")}</span>
            </>
          )}
          {step.gradientNorm !== null && (
            <>
              , ‖∇‖ <span className="number">{figures(step.gradientNorm, 3)}</span>
            </>
          )}
          {step.last && ". The iteration is complete."}
        </>
      }
    />
  );
}

interface BarProps {
  readonly tone?: "plain" | "warn" | "bad";
  readonly icon: ReactNode;
  readonly text: ReactNode;
  readonly children?: ReactNode;
}

const Bar = ({ tone = "plain", icon, text, children }: BarProps) => (
  <div className={`${styles.bar} ${styles[tone]}`}>
    {icon}
    <p>{text}</p>
    {children}
  </div>
);

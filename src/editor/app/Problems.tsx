/** How many mistakes the document has, and the list of them: each leads to its node, and some can be mended at once. */
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { printPlace, sentence, type Diagnostic } from "../../core/analysis/diagnostics.ts";
import { graphOf, type GraphName } from "../../core/document/types.ts";
import { useParts, useStudio } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { Popover } from "../ui/Popover.tsx";
import styles from "./Problems.module.css";

export function Problems() {
  const diagnostics = useStudio((state) => state.analysis.diagnostics);
  const [open, setOpen] = useState(false);
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  const words = [errors > 0 && counted(errors, "error"), warnings > 0 && counted(warnings, "warning")].filter(Boolean);
  const label = words.length > 0 ? words.join(", ") : "No problems";
  return (
    <Popover
      label="Problems"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button variant="quiet" className={styles.button} aria-label={`Problems: ${label}`} title={label}>
          {errors > 0 && (
            <span className={styles.count} data-severity="error">
              <CircleAlert size={16} aria-hidden /> {errors}
            </span>
          )}
          {warnings > 0 && (
            <span className={styles.count} data-severity="warning">
              <TriangleAlert size={16} aria-hidden /> {warnings}
            </span>
          )}
          {diagnostics.length === 0 && (
            <span className={styles.count} data-severity="none">
              <CircleCheck size={16} aria-hidden />
            </span>
          )}
        </Button>
      }
    >
      <ProblemList diagnostics={diagnostics} onGone={() => setOpen(false)} />
    </Popover>
  );
}

interface ProblemListProps {
  readonly diagnostics: readonly Diagnostic[];
  /** Called when the person was led to a place. */
  onGone(): void;
}

function ProblemList({ diagnostics, onGone }: ProblemListProps) {
  if (diagnostics.length === 0) return <p className={styles.none}>No problems. This can be trained.</p>;
  return (
    <ul className={styles.list}>
      {diagnostics.map((diagnostic) => (
        <Problem key={JSON.stringify([diagnostic.code, diagnostic.at, diagnostic.facts])} {...{ diagnostic, onGone }} />
      ))}
    </ul>
  );
}

function Problem({ diagnostic, onGone }: { readonly diagnostic: Diagnostic; onGone(): void }) {
  const { studio, view } = useParts();
  const { at, severity, fix } = diagnostic;
  const place = printPlace(at);
  const Icon = severity === "error" ? CircleAlert : TriangleAlert;
  function go(): void {
    const { document } = studio.store.getState();
    if (!at.graph || !graphOf(document, at.graph)) return;
    studio.show(at.graph as GraphName, at.node ? [at.node] : []);
    onGone();
    const { node } = at;
    // the canvas shows the other graph first
    if (node) requestAnimationFrame(() => requestAnimationFrame(() => view.commands?.focus(node)));
  }
  return (
    <li className={styles.problem}>
      <button type="button" className={styles.go} onClick={go} disabled={!at.graph}>
        <Icon size={16} className={styles.mark} data-severity={severity} aria-label={severity} />
        <span>
          {place && <span className={styles.place}>{place}</span>}
          {sentence(diagnostic)}
        </span>
      </button>
      {fix && (
        <Button size="small" className={styles.fix} onClick={() => studio.edit(fix.title, fix.edits)}>
          {fix.title}
        </Button>
      )}
    </li>
  );
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

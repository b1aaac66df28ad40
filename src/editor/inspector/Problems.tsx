/** What is wrong with what is selected: each with a sentence, and what would mend it as one entry of the history. */
import { CircleAlert, TriangleAlert } from "lucide-react";
import { sentence, type Diagnostic } from "../../core/analysis/diagnostics.ts";
import { useParts } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import styles from "./Inspector.module.css";

export function Problems({ problems }: { readonly problems: readonly Diagnostic[] }) {
  const { studio } = useParts();
  if (problems.length === 0) return null;
  return (
    <ul className={styles.problems} aria-label="Problems">
      {problems.map((diagnostic) => {
        const { severity, fix, at } = diagnostic;
        const Icon = severity === "error" ? CircleAlert : TriangleAlert;
        return (
          <li
            key={JSON.stringify([diagnostic.code, at, diagnostic.facts])}
            className={styles.problem}
            data-severity={severity}
          >
            <Icon size={14} className={styles.mark} aria-label={severity} />
            <div>
              <p>{sentence(diagnostic)}</p>
              {fix && (
                <Button size="small" onClick={() => studio.edit(fix.title, fix.edits)}>
                  {fix.title}
                </Button>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** The graph as code: the Program that the document means, as text to read and to copy. */
import { Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { lower } from "../../../core/program/lower.ts";
import { useParts, useStudio } from "../../model/context.ts";
import { Button } from "../../ui/Button.tsx";
import styles from "../Inspector.module.css";
import { Fold } from "../Section.tsx";

/** @param network this one alone; the training graph where left out */
export function ProgramText({ network }: { readonly network?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Fold title="The graph as code" open={open} onToggle={setOpen}>
      <Text network={network} />
    </Fold>
  );
}

function Text({ network }: { readonly network?: string }) {
  const { studio, workbench } = useParts();
  const analysis = useStudio((state) => state.analysis);
  const [text, setText] = useState<string | null | "coming">("coming");
  useEffect(() => {
    let here = true;
    void import("../../../core/program/print.ts").then(({ printProgram }) => {
      const { document } = studio.store.getState();
      const program = lower(document, analysis, network === undefined ? {} : { network });
      if (here) setText(program && printProgram(network === undefined ? { ...program, networks: [] } : program));
    });
    return () => {
      here = false;
    };
  }, [studio, analysis, network]);
  if (text === "coming") return <p className={styles.missing}>Writing it down…</p>;
  if (text === null) return <p className={styles.missing}>There is a program when there are no errors.</p>;
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text!);
      workbench.say("Copied.", { tone: "good" });
    } catch {
      workbench.say("The browser does not let this page use the clipboard. Select the text and copy it.");
    }
  }
  return (
    <div className={styles.code}>
      <pre tabIndex={0} aria-label="The graph as code">
        {text}
      </pre>
      <Button size="small" icon={<Copy size={12} aria-hidden />} onClick={() => void copy()}>
        Copy
      </Button>
    </div>
  );
}

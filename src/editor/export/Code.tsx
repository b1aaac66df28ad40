/** Lines of a program to take elsewhere, in one or several languages, with a button that copies them. */
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { Choice } from "./Controls.tsx";
import type { Snippet } from "./snippets.ts";
import styles from "./Export.module.css";

export interface CodeProps {
  readonly title: string;
  readonly snippets: readonly Snippet[];
}

export function Code({ title, snippets }: CodeProps) {
  const [language, setLanguage] = useState(snippets[0].title);
  const [copied, setCopied] = useState<"no" | "yes" | "refused">("no");
  const shown = snippets.find((each) => each.title === language) ?? snippets[0];
  useEffect(() => {
    if (copied === "no") return;
    const timer = setTimeout(() => setCopied("no"), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard.writeText(shown.code).then(
      () => setCopied("yes"),
      () => setCopied("refused"),
    );
  return (
    <section className={styles.code} aria-label={title}>
      <div className={styles.codeHead}>
        {snippets.length > 1 ? (
          <Choice
            title={title}
            value={shown.title}
            options={snippets.map((each) => ({ value: each.title, title: each.title }))}
            onChange={setLanguage}
          />
        ) : (
          <h4 className={styles.label}>{title}</h4>
        )}
        <Button
          size="small"
          variant="quiet"
          icon={copied === "yes" ? <Check size={14} /> : <Copy size={14} />}
          onClick={() => void copy()}
        >
          {copied === "yes" ? "Copied" : copied === "refused" ? "Not allowed" : "Copy"}
        </Button>
        <span className="unseen" role="status">
          {copied === "yes" ? "Copied" : copied === "refused" ? "The browser does not allow copying." : ""}
        </span>
      </div>
      <pre className={styles.pre} tabIndex={0} aria-label={`${title}: ${shown.title}`}>
        <code>{shown.code}</code>
      </pre>
    </section>
  );
}

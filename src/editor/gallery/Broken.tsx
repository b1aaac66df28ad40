/** Every broken document of the tests with what is said of it. */
import { useEffect, useState } from "react";
import { analyze } from "../../core/analysis/analyze.ts";
import { printDiagnostic } from "../../core/analysis/diagnostics.ts";
import { parse } from "../../core/document/parse.ts";
import { builtInFacts } from "../../datasets/catalogue.ts";
import { vocabulary } from "../../kinds/index.ts";
import styles from "./Gallery.module.css";

const texts = import.meta.glob<string>("../../../tests/broken/*.gan.json", { query: "?raw", import: "default" });

interface Read {
  readonly name: string;
  readonly lines: readonly string[];
}

export function Broken() {
  const [documents, setDocuments] = useState<readonly Read[]>([]);
  useEffect(() => {
    const all = Object.entries(texts).map(async ([path, read]) => ({
      name: path.replace(/^.*\//, ""),
      lines: linesOf(await read()),
    }));
    void Promise.all(all).then(setDocuments);
  }, []);
  return (
    <dl>
      {documents.map(({ name, lines }) => (
        <div key={name} className={styles.broken}>
          <dt>{name}</dt>
          {lines.map((line) => (
            <dd key={line}>{line}</dd>
          ))}
        </div>
      ))}
    </dl>
  );
}

function linesOf(text: string): string[] {
  const { document, diagnostics } = parse(text);
  const found = document ? analyze(document, vocabulary, builtInFacts).diagnostics : [];
  return [...diagnostics, ...found].map(printDiagnostic);
}

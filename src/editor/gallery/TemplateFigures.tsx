/** Every template as the figures that an export gives. */
import { useEffect, useState } from "react";
import { analyze } from "../../core/analysis/analyze.ts";
import { lower } from "../../core/program/lower.ts";
import { builtInFacts } from "../../datasets/catalogue.ts";
import { vocabulary } from "../../kinds/index.ts";
import { drawFigure } from "../../targets/figure/figure.ts";
import { readTemplate, templateNames } from "../keeping/templates.ts";
import styles from "./Gallery.module.css";

interface Figure {
  readonly title: string;
  readonly svg: string;
}

export function TemplateFigures() {
  const [figures, setFigures] = useState<readonly Figure[]>([]);
  useEffect(() => void Promise.all(templateNames.map(figuresOf)).then((all) => setFigures(all.flat())), []);
  return (
    <div className={styles.figures}>
      {figures.map(({ title, svg }) => (
        <img key={title} className={styles.figure} src={`data:image/svg+xml,${encodeURIComponent(svg)}`} alt={title} />
      ))}
    </div>
  );
}

async function figuresOf(name: string): Promise<Figure[]> {
  const template = await readTemplate(name);
  const program = template && lower(template.document, analyze(template.document, vocabulary, builtInFacts));
  if (!program) return [];
  const theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  return ["training", ...program.networks.map((network) => network.name)].map((what) => ({
    title: `${name}: ${what}`,
    svg: drawFigure(program, { what, theme }),
  }));
}

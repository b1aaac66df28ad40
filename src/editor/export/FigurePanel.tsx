/** Architecture figures for papers and slides, as they will look, with the document inside. */
import { Download } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { lower } from "../../core/program/lower.ts";
import type { Program } from "../../core/program/types.ts";
import { themeNames, type ThemeName } from "../../targets/figure/figure.ts";
import { documentText, download } from "../keeping/files.ts";
import { useStudio, useWorkbench } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { Check, Choice, Select } from "./Controls.tsx";
import type { Facts } from "./facts.ts";
import { drawable, pngFile, svgFile, svgSize } from "./figures.ts";
import { exportName } from "./names.ts";
import { Notice } from "./Standing.tsx";
import { reasonOf, useJob } from "./useJob.ts";
import styles from "./Export.module.css";

const themeTitles = { light: "Light", dark: "Dark", print: "Print" } as const satisfies Record<ThemeName, string>;
const training = "training";

export function FigurePanel({ facts: { program, networks } }: { readonly facts: Facts }) {
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const running = useWorkbench((state) => state.direction);
  const [what, setWhat] = useState(networks[0].name);
  const [theme, setTheme] = useState<ThemeName>("light");
  const [turned, setTurned] = useState<"down" | "right" | null>(null);
  const [title, setTitle] = useState(true);
  const [scale, setScale] = useState<"2" | "3" | "4">("3");
  const { job, run } = useJob<null>();
  const direction = turned ?? (what === training ? "right" : running);
  const text = useMemo(() => documentText(document), [document]);
  const svg = useMemo(() => {
    const shown: Program | null =
      what === training ? program : (program ?? lower(document, analysis, { network: what }));
    return shown && svgFile(shown, { what, theme, direction, title }, text);
  }, [what, program, document, analysis, theme, direction, title, text]);
  const picture = usePicture(svg);
  if (svg === null) return <Notice tone="bad">This cannot be drawn until its problems are mended.</Notice>;
  const [width, height] = svgSize(svg);
  const wide = `${Math.round(width * Number(scale))}×${Math.round(height * Number(scale))}`;
  const fits = drawable([width, height], Number(scale));
  const file = (ending: string) => exportName(document.name, what, ending);
  const savePng = () =>
    run("Drawing", async () => {
      download(file("png"), await pngFile(svg, Number(scale), text), "image/png");
      return null;
    });
  return (
    <>
      <div className={styles.options}>
        <Select
          title="Figure"
          value={what}
          options={[
            ...networks.map(({ name }) => ({ value: name, title: name })),
            ...(program?.training ? [{ value: training, title: "Training graph" }] : []),
          ]}
          onChange={(chosen) => {
            setWhat(chosen);
            setTurned(null);
          }}
        />
        <Choice
          title="Colours"
          value={theme}
          options={themeNames.map((value) => ({ value, title: themeTitles[value] }))}
          onChange={setTheme}
        />
        <Choice
          title="Direction"
          value={direction}
          options={[
            { value: "down", title: "Down" },
            { value: "right", title: "To the right" },
          ]}
          onChange={setTurned}
        />
        <Check title="Title" checked={title} onChange={setTitle}>
          Name and sizes above the figure
        </Check>
      </div>
      <div className={styles.preview} data-paper={theme} tabIndex={0} role="group" aria-label="Preview">
        {picture && <img src={picture} className={styles.picture} alt={`Figure of ${what}`} />}
      </div>
      <div className={styles.take}>
        <Button
          variant="primary"
          icon={<Download size={16} />}
          onClick={() => download(file("svg"), svg, "image/svg+xml")}
        >
          SVG
        </Button>
        <Button
          icon={<Download size={16} />}
          disabled={!fits || job.status === "running"}
          onClick={() => void savePng()}
        >
          PNG
        </Button>
        <Choice
          title="PNG size"
          value={scale}
          options={(["2", "3", "4"] as const).map((value) => ({ value, title: `${value}×` }))}
          onChange={setScale}
        />
        <p className={styles.fileWords}>
          <span className={styles.faint}>
            {fits ? `${wide} pixels.` : `${wide} pixels are more than a browser draws: choose less, or SVG.`} The
            document travels in both: drop one here to open it again.
          </span>
        </p>
      </div>
      {job.status === "failed" && <Notice tone="bad">{reasonOf(job.error)}</Notice>}
    </>
  );
}

/** An address that shows the SVG as a picture of its own, whose styles stay with it. */
function usePicture(svg: string | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (svg === null) return;
    const made = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [svg]);
  return address;
}

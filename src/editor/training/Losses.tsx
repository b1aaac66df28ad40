/** The losses over the run, a line each: as measured, faint, and smoothed, strong. Numbers come straight from the series. */
import { ChartLine, Download, ZoomOut } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type uPlot from "uplot";
import { useParts, useStudio, useTraining } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Menu, MenuChoice, MenuDivider, MenuItem } from "../ui/Menu.tsx";
import { download, fileName } from "../keeping/files.ts";
import { createChart, type Chart } from "./chart.ts";
import { toCsv } from "./csv.ts";
import styles from "./Dock.module.css";
import { createPace, useTheme } from "./drawing.ts";
import { lossLines, type Line } from "./lines.ts";
import chartStyles from "./Losses.module.css";
import { useLatest } from "./useLatest.ts";

const smoothings = [
  { value: "0", title: "None" },
  { value: "0.8", title: "Light" },
  { value: "0.95", title: "Medium" },
  { value: "0.99", title: "Strong" },
] as const;
const ranges = [
  { value: "all", title: "The whole run" },
  { value: "1000", title: "The last 1,000 iterations" },
  { value: "200", title: "The last 200 iterations" },
] as const;
const scales = [
  { value: "linear", title: "Linear" },
  { value: "log", title: "Logarithmic", note: "Leaves out what is not above 0" },
] as const;

export function Losses() {
  const { training, studio } = useParts();
  const lines = useLossLines();
  const [flipped, setFlipped] = useState<ReadonlySet<string>>(new Set());
  const hidden = useMemo(
    () => new Set(lines.filter(({ key, part }) => part !== flipped.has(key)).map(({ key }) => key)),
    [lines, flipped],
  );
  const [memory, setMemory] = useState<(typeof smoothings)[number]["value"]>("0.95");
  const [range, setRange] = useState<(typeof ranges)[number]["value"]>("all");
  const [scale, setScale] = useState<(typeof scales)[number]["value"]>("linear");
  const [zoomed, setZoomed] = useState(false);
  const chart = useRef<Chart | null>(null);
  const options = useMemo(
    () => ({
      ...{ lines, hidden, memory: Number(memory), logarithmic: scale === "log" },
      last: range === "all" ? null : Number(range),
    }),
    [lines, hidden, memory, scale, range],
  );
  const host = useChart(options, chart, setZoomed);
  const values = useLatest<HTMLElement>("losses", lines);

  const flip = (key: string) =>
    setFlipped((before) => new Set(before.has(key) ? [...before].filter((each) => each !== key) : [...before, key]));
  const saveCsv = () => {
    const name = `${fileName(studio.store.getState().document.name)}-losses.csv`;
    download(name, toCsv(training.series), "text/csv");
  };

  return (
    <>
      <header className={styles.title} ref={values}>
        <h2>Losses</h2>
        <LastValues lines={lines} />
        <div className={chartStyles.legend}>
          {lines.map((line) => (
            <button
              key={line.key}
              type="button"
              aria-pressed={!hidden.has(line.key)}
              className={chartStyles.entry}
              title={`${hidden.has(line.key) ? "Show" : "Hide"} ${line.key}`}
              onClick={() => flip(line.key)}
            >
              <Swatch line={line} />
              {line.label} <span className="number" data-latest={line.key} />
            </button>
          ))}
        </div>
        {zoomed && (
          <Button size="small" variant="quiet" icon={<ZoomOut size={14} />} onClick={() => chart.current?.unzoom()}>
            Show all
          </Button>
        )}
        <Menu
          align="end"
          trigger={
            <IconButton label="How losses are drawn" size="small">
              <ChartLine size={14} />
            </IconButton>
          }
        >
          <MenuChoice title="Smoothing" value={memory} options={smoothings} onChange={(chosen) => setMemory(chosen)} />
          <MenuChoice title="Scale" value={scale} options={scales} onChange={(chosen) => setScale(chosen)} />
          <MenuChoice title="Shown" value={range} options={ranges} onChange={(chosen) => setRange(chosen)} />
          <MenuDivider />
          <MenuItem icon={<Download size={14} />} note="Losses and gradient norms, every iteration" onSelect={saveCsv}>
            Save as CSV
          </MenuItem>
        </Menu>
      </header>
      {lines.length === 0 && <p className={styles.waiting}>They appear with the first iteration.</p>}
      <div
        className={chartStyles.chart}
        ref={host}
        hidden={lines.length === 0}
        aria-hidden="true"
        title="Drag to look closer, double-click to see all"
      />
    </>
  );
}

/** What the chart shows, for those who do not see it. */
const LastValues = ({ lines }: { readonly lines: readonly Line[] }) => (
  <table className="unseen">
    <caption>Losses at the last iteration</caption>
    <tbody>
      {lines.map(({ key, label }) => (
        <tr key={key}>
          <th scope="row">{label}</th>
          <td data-latest={key} />
        </tr>
      ))}
    </tbody>
  </table>
);

const Swatch = ({ line }: { readonly line: Line }) => (
  <svg width="18" height="8" aria-hidden="true">
    <line
      x1="1"
      y1="4"
      x2="17"
      y2="4"
      stroke={`var(${line.hue})`}
      strokeWidth="2.5"
      strokeDasharray={line.dash.join(" ")}
    />
  </svg>
);

/** Lines of the losses that were measured. */
function useLossLines(): readonly Line[] {
  const { training } = useParts();
  const analysis = useStudio((state) => state.analysis);
  const keys = useTraining(() => [...training.series.losses.keys()].join("\n"));
  return useMemo(() => lossLines(analysis, keys ? keys.split("\n") : []), [analysis, keys]);
}

/** Puts the chart into its box and draws it when the series have grown. */
function useChart(
  options: Parameters<typeof createChart>[3],
  chart: React.RefObject<Chart | null>,
  onZoom: (zoomed: boolean) => void,
) {
  const { training } = useParts();
  const host = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const Plot = usePlot();
  useEffect(() => {
    if (!Plot || !host.current) return;
    const box = host.current;
    const own = createChart(Plot, box, training.series, options, onZoom);
    chart.current = own;
    onZoom(false);
    const pace = createPace(own.draw, 200);
    const observer = new ResizeObserver(() => {
      if (box.clientWidth > 0 && box.clientHeight > 0) own.resize(box.clientWidth, box.clientHeight);
    });
    observer.observe(box);
    const off = training.store.subscribe(({ version }, before) => version !== before.version && pace.ask());
    pace.ask();
    return () => {
      off();
      observer.disconnect();
      pace.dispose();
      own.destroy();
      chart.current = null;
    };
  }, [Plot, training, options, theme, chart, onZoom]);
  return host;
}

/** uPlot comes when there is something to draw. */
function usePlot(): typeof uPlot | null {
  const [Plot, setPlot] = useState<typeof uPlot | null>(null);
  useEffect(() => {
    let gone = false;
    void import("./plot.ts").then(({ default: loaded }) => !gone && setPlot(() => loaded));
    return () => {
      gone = true;
    };
  }, []);
  return Plot;
}

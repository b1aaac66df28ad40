/** The losses' chart: uPlot, given as few points as there are pixels. What it shows is read from the series at each drawing. */
import type uPlot from "uplot";
import { createSmoothed, decimate, rowAt, type Smoothed } from "./decimate.ts";
import { colours, faded } from "./drawing.ts";
import type { Line } from "./lines.ts";
import type { Series } from "./training.ts";
import { grouped } from "./words.ts";

export interface ChartOptions {
  readonly lines: readonly Line[];
  readonly hidden: ReadonlySet<string>;
  readonly logarithmic: boolean;
  /** How much of the average each iteration keeps; 0 shows losses as they are. */
  readonly memory: number;
  /** Shows only so many iterations at the end; null shows all. */
  readonly last: number | null;
}

export interface Chart {
  draw(): void;
  resize(width: number, height: number): void;
  /** Shows all iterations again. */
  unzoom(): void;
  destroy(): void;
}

/** @param onZoom told whether a part is shown, chosen by dragging */
export function createChart(
  Plot: typeof uPlot,
  host: HTMLElement,
  series: Series,
  options: ChartOptions,
  onZoom: (zoomed: boolean) => void,
): Chart {
  const { lines, hidden, logarithmic, memory, last } = options;
  const smoothed = new Map<string, Smoothed>(lines.map(({ key }) => [key, createSmoothed(memory)]));
  let zoom: readonly [number, number] | null = null;
  const plot = new Plot(plotOptions(), [[], ...lines.flatMap(() => [[], []])] as unknown as uPlot.AlignedData, host);
  const onDouble = () => zoomTo(null);
  plot.over.addEventListener("dblclick", onDouble);

  return {
    draw,
    resize: (width, height) => {
      plot.setSize({ width, height });
      draw();
    },
    unzoom: () => zoomTo(null),
    destroy() {
      plot.over.removeEventListener("dblclick", onDouble);
      plot.destroy();
    },
  };

  function zoomTo(range: readonly [number, number] | null): void {
    zoom = range;
    onZoom(range !== null);
    draw();
  }

  function draw(): void {
    const { length, iterations } = series;
    const [low, high] = span();
    const from = Math.max(0, rowAt(iterations, length, low) - 1);
    const to = Math.min(length, rowAt(iterations, length, high) + 1);
    const columns = lines.flatMap(({ key }) => {
      const column = series.losses.get(key) ?? new Float32Array(length).fill(NaN);
      return memory > 0 ? [column, smoothed.get(key)!.of(column, length)] : [column, column];
    });
    const buckets = Math.max(16, Math.floor(plot.bbox.width / window.devicePixelRatio));
    const { x, y } = decimate(iterations, columns, { from, to, buckets });
    const shown = logarithmic ? y.map((values) => values.map((each) => (each !== null && each > 0 ? each : null))) : y;
    plot.setData([x, ...shown] as uPlot.AlignedData, true);
  }

  /** The iterations that are shown. */
  function span(): [number, number] {
    const end = series.length > 0 ? series.iterations[series.length - 1] : 1;
    if (zoom) return [zoom[0], zoom[1]];
    const start = series.length > 0 ? series.iterations[0] : 0;
    return [last === null ? start : Math.max(start, end - last), Math.max(end, start + 1)];
  }

  function plotOptions(): uPlot.Options {
    const colour = colours();
    const font = `11px ${colour("--mono")}`;
    const axis: uPlot.Axis = { stroke: colour("--faint"), font, ticks: { show: false } };
    const grid: uPlot.Axis.Grid = { stroke: colour("--line"), width: 1 };
    return {
      width: Math.max(80, host.clientWidth),
      height: Math.max(60, host.clientHeight),
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
      },
      scales: {
        x: { time: false, range: () => span() },
        y: logarithmic ? { distr: 3 } : {},
      },
      axes: [
        { ...axis, size: 22, gap: 2, grid: { show: false }, values: (_, ticks) => ticks.map(wholeTick) },
        {
          ...axis,
          size: 40,
          gap: 6,
          grid,
          values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : String(Number(tick.toPrecision(4))))),
        },
      ],
      series: [
        {},
        ...lines.flatMap(({ key, hue, dash }): uPlot.Series[] => {
          const stroke = colour(hue);
          const alone = () => series.length === 1; // no line goes through one iteration
          const common = { show: !hidden.has(key), spanGaps: true };
          const raw = {
            ...common,
            points: { show: false },
            stroke: faded(stroke, 0.26),
            width: 1,
            show: common.show && memory > 0,
          };
          return [
            raw,
            { ...common, points: { show: alone, size: 6, fill: stroke }, stroke, width: 1.75, dash: [...dash] },
          ];
        }),
      ],
      hooks: {
        setSelect: [
          (self) => {
            const { left, width } = self.select;
            if (width < 4) return;
            const range = [self.posToVal(left, "x"), self.posToVal(left + width, "x")] as const;
            self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            zoomTo(range);
          },
        ],
      },
    };
  }
}

const wholeTick = (tick: number): string => (Number.isInteger(tick) ? grouped(tick) : "");

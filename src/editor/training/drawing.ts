/**
 * Canvases that draw what lies outside of React: in an animation frame, a few times a second at most, in the theme's colours,
 * and only while the page is seen.
 */
import { useCallback, useEffect, useRef, useSyncExternalStore, type RefObject } from "react";

export interface Pace {
  /** Draws soon; asking again before then costs nothing. */
  ask(): void;
  dispose(): void;
}

/**
 * Drawings take turns, one in a frame: together they would hold the page up.
 * @param every milliseconds between two drawings, at least
 */
export function createPace(draw: () => void, every: number): Pace {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawnAt = -Infinity;
  const inFrame = () => {
    drawnAt = performance.now();
    draw();
  };
  const onTime = () => {
    timer = undefined;
    waiting.add(inFrame);
    nextTurn();
  };
  return {
    ask() {
      if (timer !== undefined || waiting.has(inFrame)) return;
      timer = setTimeout(onTime, Math.max(0, drawnAt + every - performance.now()));
    },
    dispose() {
      clearTimeout(timer);
      timer = undefined;
      waiting.delete(inFrame);
    },
  };
}

/** What waits for a frame of its own. */
const waiting = new Set<() => void>();
let isComing = false;

function nextTurn(): void {
  if (isComing || waiting.size === 0) return;
  isComing = true;
  requestAnimationFrame(() => {
    // a hidden page gives no frame until it is seen again
    isComing = false;
    const [draw] = waiting;
    if (!draw) return;
    waiting.delete(draw);
    nextTurn();
    draw();
  });
}

export interface Surface {
  readonly context: CanvasRenderingContext2D;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** The value of a token: "--line". */
  colour(token: string): string;
}

/**
 * A canvas that fills its box. `draw` gets it cleared and in CSS pixels; it is called after each render, when the box or the
 * theme changes, and when `ask` is.
 * @param every milliseconds between two drawings, at least
 */
export function useCanvas(
  draw: (surface: Surface) => void,
  every = 100,
): {
  readonly ref: RefObject<HTMLCanvasElement | null>;
  readonly ask: () => void;
} {
  const ref = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  const pace = useRef<Pace | null>(null);
  const theme = useTheme();
  useEffect(() => {
    latest.current = draw;
    pace.current?.ask();
  }, [draw, theme]);
  useEffect(() => {
    const canvas = ref.current!;
    const box = { width: 0, height: 0 };
    const own = createPace(() => paint(canvas, box, latest.current), every);
    pace.current = own;
    const observer = new ResizeObserver(([entry]) => {
      box.width = entry.contentRect.width;
      box.height = entry.contentRect.height;
      own.ask();
    });
    observer.observe(canvas);
    return () => {
      observer.disconnect();
      own.dispose();
    };
  }, [every]);
  return { ref, ask: useCallback(() => pace.current?.ask(), []) };
}

function paint(
  canvas: HTMLCanvasElement,
  { width, height }: { width: number; height: number },
  draw: (to: Surface) => void,
) {
  const context = canvas.getContext("2d");
  if (!context || width < 1 || height < 1) return;
  const ratio = window.devicePixelRatio;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  draw({ context, width, height, colour: colours() });
}

/** The tokens of the theme as it is now. */
export function colours(): (token: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (token) => style.getPropertyValue(token).trim();
}

/** Changes whenever the page's colours do. */
export const useTheme = (): string => useSyncExternalStore(onTheme, () => document.documentElement.dataset.theme ?? "");

function onTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

/** A colour with an opacity of 0 … 1. */
export const faded = (colour: string, opacity: number): string =>
  `color-mix(in srgb, ${colour} ${Math.round(opacity * 100)}%, transparent)`;

/** The red, green and blue of a token's value "#rrggbb", 0 … 255. */
export function channels(colour: string): readonly [number, number, number] {
  const number = Number.parseInt(colour.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

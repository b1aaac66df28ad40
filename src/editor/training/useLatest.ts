/** The latest of each series in the place that names it with `data-latest`, written there without React as a run goes on. */
import { useEffect, useRef, type RefObject } from "react";
import { useParts } from "../model/context.ts";
import { createPace } from "./drawing.ts";
import type { Line } from "./lines.ts";
import { figures } from "./words.ts";

/**
 * @param lines what there are places for: where they change, all is written again
 * @returns goes to the element that holds the places
 */
export function useLatest<E extends HTMLElement>(
  column: "losses" | "gradients",
  lines: readonly Line[],
  digits?: number,
): RefObject<E | null> {
  const { training } = useParts();
  const holder = useRef<E>(null);
  useEffect(() => {
    const write = () => {
      const { length, [column]: values } = training.series;
      for (const place of holder.current?.querySelectorAll<HTMLElement>("[data-latest]") ?? [])
        place.textContent = figures(values.get(place.dataset.latest ?? "")?.[length - 1], digits);
    };
    const pace = createPace(write, 200);
    pace.ask();
    const off = training.store.subscribe(({ version }, before) => version !== before.version && pace.ask());
    return () => {
      off();
      pace.dispose();
    };
  }, [training, column, lines, digits]);
  return holder;
}

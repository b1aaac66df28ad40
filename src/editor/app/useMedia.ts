/** Whether a media query holds, as it changes. */
import { useCallback, useSyncExternalStore } from "react";

export function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (changed: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
}

/** Reads and runs; nothing is edited. */
export const phone = "(max-width: 639px)";
/** Palette and inspector do not both fit beside the canvas. */
export const narrow = "(max-width: 999px)";

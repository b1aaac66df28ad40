/** Esc gives up what a hand is in the middle of, a wire that is laid or nodes that are moved: all stays as it was. */
import { useEffect, useMemo } from "react";

export interface GivingUp {
  /** A gesture begins. */
  begin(): void;
  /** It has ended. @returns true where it was given up */
  end(): boolean;
}

export function useGivingUp(): GivingUp {
  const gesture = useMemo(() => ({ going: false, givenUp: false }), []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !gesture.going) return;
      gesture.givenUp = true;
      // React Flow and d3-drag end a gesture when the button is let go, and only then
      document.dispatchEvent(new MouseEvent("mouseup", { bubbles: true, view: window }));
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [gesture]);
  return useMemo(
    () => ({
      begin: () => void Object.assign(gesture, { going: true, givenUp: false }),
      end: () => {
        gesture.going = false;
        return gesture.givenUp;
      },
    }),
    [gesture],
  );
}

/** Handlers that stay the same functions and do what their latest versions do: React Flow tells every node of a new one. */
import { useLayoutEffect, useRef, useState } from "react";

type Handlers = Readonly<Record<string, (...given: never[]) => unknown>>;

/** @param latest always with the same members */
export function useSteady<T extends Handlers>(latest: T): T {
  const held = useRef<Handlers>(latest);
  useLayoutEffect(() => {
    held.current = latest;
  });
  const [steady] = useState(() => {
    const forward =
      (name: string) =>
      (...given: never[]) =>
        held.current[name](...given);
    return Object.fromEntries(Object.keys(latest).map((name) => [name, forward(name)])) as T;
  });
  return steady;
}

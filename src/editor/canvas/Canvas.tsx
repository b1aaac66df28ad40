/** The graph under the person's hands: draws one tab's graph and turns gestures into edits. */
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo, useState } from "react";
import type { GraphName } from "../../core/document/types.ts";
import { useStudio } from "../model/context.ts";
import { createLocal, LocalContext } from "./local.ts";
import { Stage } from "./Stage.tsx";
import type { Viewport } from "@xyflow/react";

export function Canvas() {
  const tab = useStudio((state) => state.tab);
  const opened = useStudio((state) => state.opened);
  const [viewports] = useState(() => new Map<string, Viewport>());
  const key = `${opened} ${tab}`;
  return (
    <ReactFlowProvider key={key}>
      <Fresh
        key={key}
        tab={tab}
        remembered={viewports.get(key) ?? null}
        remember={(view) => viewports.set(key, view)}
      />
    </ReactFlowProvider>
  );
}

interface FreshProps {
  readonly tab: GraphName;
  readonly remembered: Viewport | null;
  remember(viewport: Viewport): void;
}

/** A canvas of one graph, with nothing going on. */
function Fresh(props: FreshProps) {
  const local = useMemo(createLocal, []);
  return (
    <LocalContext value={local}>
      <Stage {...props} />
    </LocalContext>
  );
}

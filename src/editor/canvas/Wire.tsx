/** A wire, coloured by what flows through it and labelled with its shape. */
import type { Edge, EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useTraining } from "../model/context.ts";
import { wireLine, type Flow } from "./geometry.ts";
import { colourOf } from "./Glyph.tsx";
import { useLocal } from "./local.ts";
import type { WireView } from "./scene.ts";
import { useWireView } from "./views.ts";
import styles from "./Wire.module.css";

export interface WireData extends Record<string, unknown> {
  /** What it said when it was made; views.ts knows what it says now. */
  readonly view: WireView;
  readonly flow: Flow;
  readonly training: boolean;
  /** Where to pass by what stands between the ends; null where nothing does. */
  readonly aside: number | null;
  /** True where a straight wire of the same port says what flows: beside a column lie many. */
  readonly silent: boolean;
}
export type WireEdge = Edge<WireData, "wire">;

export const Wire = memo(function Wire({
  id,
  data,
  selected,
  sourceX,
  sourceY,
  targetX,
  targetY,
}: EdgeProps<WireEdge>) {
  const targeted = useLocal(({ target }) => target === id);
  const { flow, training, aside, silent } = data!;
  const view = useWireView(id, data!.view);
  const lit = useTraining(({ step, now }) => {
    if (!training || !step || now.status === "training" || !step.evaluated.includes(view.from.node)) return false;
    return step.evaluated.includes(view.to.node) || step.optimizer === view.to.node;
  });
  const { path, label } = wireLine({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, flow, aside);
  const classes = [
    styles.wire,
    selected && styles.selected,
    targeted && styles.targeted,
    lit && styles.lit,
    view.problem && styles.wrong,
    !view.kind && styles.unknown,
    view.idle && styles.idle,
    view.edge.stale === true && styles.stale,
  ];
  const room = flow === "down" || targetX - sourceX > view.text.length * 7 + 24 || targetX < sourceX + 16;
  return (
    <g className={classes.filter(Boolean).join(" ")} style={{ color: colourOf(view.kind) }}>
      <path className={`react-flow__edge-interaction ${styles.reach}`} d={path} />
      <path id={id} className={`react-flow__edge-path ${styles.line}`} d={path} />
      {training && <path className={styles.dots} d={path} />}
      {room && !silent && view.text && (
        <text className={styles.label} x={label.x} y={label.y} textAnchor={label.anchor} dominantBaseline="central">
          {view.text}
        </text>
      )}
    </g>
  );
});

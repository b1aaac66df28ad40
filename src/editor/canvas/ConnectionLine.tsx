/** The wire while it is laid, in the colour of what will flow through it. */
import { Position, type ConnectionLineComponentProps } from "@xyflow/react";
import { wireLine } from "./geometry.ts";
import { colourOf } from "./Glyph.tsx";
import type { KindFlowNode } from "./KindNode.tsx";
import type { FlowNode } from "./useDragging.ts";
import styles from "./Wire.module.css";

export function ConnectionLine({
  fromX,
  fromY,
  toX,
  toY,
  fromPosition,
  fromNode,
  fromHandle,
  connectionStatus,
}: ConnectionLineComponentProps<FlowNode>) {
  const starts = fromHandle.type === "source";
  const view = fromNode.type === "kind" ? (fromNode.data as KindFlowNode["data"]).view : null;
  const port = (starts ? view?.outputs : view?.inputs)?.find(({ name }) => name === fromHandle.id);
  const kind = port?.type?.type ?? (port?.types.length === 1 ? port.types[0] : null);
  const flow = fromPosition === Position.Top || fromPosition === Position.Bottom ? "down" : "right";
  const ends = [
    { x: fromX, y: fromY },
    { x: toX, y: toY },
  ] as const;
  const { path } = starts ? wireLine(...ends, flow) : wireLine(ends[1], ends[0], flow);
  return (
    <g style={{ color: colourOf(kind) }} className={connectionStatus === "invalid" ? styles.wrong : undefined}>
      <path className={`react-flow__edge-path ${styles.line}`} d={path} />
    </g>
  );
}

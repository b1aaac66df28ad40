/** A node of a kind: a row in networks that run downwards, a card otherwise. What it says is in its view. */
import { Handle, Position, type Node, type NodeProps } from "@xyflow/react";
import { CircleAlert, TriangleAlert } from "lucide-react";
import { memo } from "react";
import { useTraining } from "../model/context.ts";
import { hasFoot, portLines, portPlace, type Flow } from "./geometry.ts";
import { colourOf, PortGlyph } from "./Glyph.tsx";
import styles from "./Node.module.css";
import type { NodeView, PortView, Problem } from "./scene.ts";
import { TensorDrawing } from "./TensorDrawing.tsx";
import { useDrawing, useNodeView } from "./views.ts";
import { countText, grouped } from "./words.ts";

export interface KindNodeData extends Record<string, unknown> {
  /** What it said when it was made; views.ts knows what it says now. */
  readonly view: NodeView;
  readonly flow: Flow;
  readonly training: boolean;
  /** The largest side of what is drawn in this graph; null where there is no room to draw beside the node. */
  readonly drawing: number | null;
}
export type KindFlowNode = Node<KindNodeData, "kind">;

/** Its place does not concern a node, so that dragging renders none again. */
export const KindNode = memo(
  function KindNode({ id, data: { view: made, flow, training, drawing: drawn } }: NodeProps<KindFlowNode>) {
    const view = useNodeView(id, made);
    const drawing = useDrawing(id, drawn);
    const lit = useTraining(
      ({ step, now }) =>
        training &&
        now.status !== "training" &&
        step !== null &&
        (step.evaluated.includes(view.id) || step.optimizer === view.id),
    );
    const Body = flow === "down" ? Row : Card;
    const classes = [
      flow === "down" ? styles.row : styles.card,
      view.bypassed && styles.bypassed,
      view.problem && styles[view.problem.severity],
      lit && styles.lit,
    ];
    return (
      <div className={classes.filter(Boolean).join(" ")}>
        <Body view={view} />
        <span className="unseen" id={describingId(view.id)}>
          {describe(view)}
        </span>
        {view.inputs.map((port, index) => (
          <Port key={port.name} view={view} flow={flow} port={port} side="inputs" index={index} />
        ))}
        {view.outputs.map((port, index) => (
          <Port key={port.name} view={view} flow={flow} port={port} side="outputs" index={index} />
        ))}
        {drawing !== null && view.drawn && <TensorDrawing type={view.drawn} largest={drawing} />}
      </div>
    );
  },
  (before, after) => before.data === after.data,
);

export const describingId = (id: string): string => `about-${id}`;

function Row({ view }: { readonly view: NodeView }) {
  return (
    <>
      <span className={styles.title}>{view.title}</span>
      {!view.collapsed && <span className={styles.brief}>{view.brief}</span>}
      <Repeat count={view.repeat} />
      <span className={styles.end}>
        <Badge problem={view.problem} />
        {!view.collapsed && <Count view={view} />}
      </span>
    </>
  );
}

function Card({ view }: { readonly view: NodeView }) {
  const lines = view.collapsed ? 0 : portLines(view);
  return (
    <>
      <div className={styles.head}>
        <span className={styles.title}>{view.title}</span>
        <Repeat count={view.repeat} />
        <Badge problem={view.problem} />
        {view.shared && !view.collapsed && (
          <span className={styles.tag} title="Its weights are those of the node before it">
            shared
          </span>
        )}
      </div>
      {!view.collapsed && <p className={styles.brief}>{view.brief}</p>}
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className={styles.ports}>
          <span>{view.inputs.length > 1 && view.inputs[index]?.name}</span>
          <span>{view.outputs[index + 1]?.name}</span>
        </div>
      ))}
      {hasFoot(view) && (
        <div className={styles.foot}>
          <b>{view.shape}</b>
          {!view.shared && <Count view={view} />}
        </div>
      )}
    </>
  );
}

const Repeat = ({ count }: { readonly count: number }) =>
  count > 1 ? <span className={styles.repeat}>× {grouped(count)}</span> : null;

const Count = ({ view: { parameters } }: { readonly view: NodeView }) =>
  parameters > 0 ? (
    <span className={styles.count} title={`${grouped(parameters)} parameters`}>
      {countText(parameters)}
    </span>
  ) : null;

function Badge({ problem }: { readonly problem: Problem | null }) {
  if (!problem) return null;
  const Icon = problem.severity === "error" ? CircleAlert : TriangleAlert;
  return (
    <span className={styles.badge} title={problem.sentences.join("\n")}>
      <Icon size={14} aria-hidden="true" />
    </span>
  );
}

interface PortProps {
  readonly view: NodeView;
  readonly flow: Flow;
  readonly port: PortView;
  readonly side: "inputs" | "outputs";
  readonly index: number;
}

function Port({ view, flow, port, side, index }: PortProps) {
  const { x, y } = portPlace(view, flow, side, index);
  const kind = port.type?.type ?? (port.types.length === 1 ? port.types[0] : null);
  const [into, out] = flow === "down" ? [Position.Top, Position.Bottom] : [Position.Left, Position.Right];
  return (
    <Handle
      id={port.name}
      type={side === "inputs" ? "target" : "source"}
      position={side === "inputs" ? into : out}
      isConnectable={!view.bypassed}
      className={styles.port}
      style={{ left: x, top: y, color: colourOf(kind) }}
      title={[port.name, (port.type ? [port.type.type] : port.types).join(", "), port.optional && "optional"]
        .filter(Boolean)
        .join(" · ")}
    >
      <PortGlyph kind={kind} hollow={!port.wired} />
    </Handle>
  );
}

/** What a screen reader says after the node's name. */
function describe({ brief, shape, parameters, problem, bypassed, repeat }: NodeView): string {
  const parts = [
    brief,
    repeat > 1 && `${repeat} copies in a row`,
    shape && `gives ${shape}`,
    parameters > 0 && `${grouped(parameters)} parameters`,
    bypassed && "bypassed",
    ...(problem?.sentences.map((text) => `${problem.severity}: ${text}`) ?? []),
  ];
  return parts.filter(Boolean).join(". ");
}

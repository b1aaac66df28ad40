/** A kind: its node as the canvas draws it, its equation, its ports and fields. */
import { ReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import { useMemo } from "react";
import { analyze } from "../../core/analysis/analyze.ts";
import { emptyDocument, emptyGraph, type GanDocument, type GraphName } from "../../core/document/types.ts";
import { builtInFacts } from "../../datasets/catalogue.ts";
import { vocabulary, type kinds } from "../../kinds/index.ts";
import { sizeOfNode } from "../canvas/geometry.ts";
import { KindNode, type KindFlowNode } from "../canvas/KindNode.tsx";
import { sceneOf } from "../canvas/scene.ts";
import { Equation } from "../inspector/Equation.tsx";
import styles from "./Gallery.module.css";

type Kind = (typeof kinds)[number];
const nodeTypes = { kind: KindNode };
const id = "node";

export function KindEntry({ kind }: { readonly kind: Kind }) {
  const { node, height } = useMemo(() => nodeOf(kind), [kind]);
  return (
    <article className={styles.kind}>
      <div className={styles.node} style={{ height: height + 32 }}>
        <ReactFlow
          nodes={[node]}
          edges={[]}
          nodeTypes={nodeTypes}
          defaultViewport={{ x: 16, y: 16, zoom: 1 }}
          nodesDraggable={false}
          panOnDrag={false}
          zoomOnScroll={false}
          preventScrolling={false}
        />
      </div>
      <div className={styles.words}>
        <h3 className={styles.name}>{kind.title}</h3>
        <p>{kind.summary}</p>
        {kind.equation && <Equation tex={kind.equation} />}
        <p className={styles.lesson}>{kind.lesson}</p>
      </div>
      <dl className={styles.facts}>
        <dt>Inputs</dt>
        <dd>{kind.inputs.map((port) => port.name).join(", ") || "none"}</dd>
        <dt>Outputs</dt>
        <dd>{kind.outputs.map((port) => port.name).join(", ") || "none"}</dd>
        <dt>Fields</dt>
        <dd>{Object.keys(kind.fields).join(", ") || "none"}</dd>
      </dl>
    </article>
  );
}

/** The kind alone in a graph of its own, with nothing set. */
function nodeOf(kind: Kind): { readonly node: KindFlowNode; readonly height: number } {
  const graph: GraphName = kind.graph === "training" ? "training" : "networks.network";
  const held = { ...emptyGraph, nodes: { [id]: { kind: kind.name } } };
  const base = emptyDocument();
  const document: GanDocument =
    graph === "training" ? { ...base, training: held } : { ...base, networks: { network: held } };
  const scene = sceneOf(document, analyze(document, vocabulary, builtInFacts), graph, vocabulary);
  const view = scene.nodes.get(id)!;
  const flow = kind.graph === "training" ? "right" : "down";
  const { width, height } = sizeOfNode(view, flow);
  const data = { view: { ...view, problem: null }, flow, training: scene.training, drawing: null } as const;
  return { node: { id, type: "kind", position: { x: 0, y: 0 }, width, height, data }, height };
}

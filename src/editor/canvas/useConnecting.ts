/** Laying wires: where they may go the core says; dropped on nothing they ask for a node, and refused they say why. */
import type { Connection, FinalConnectionState, IsValidConnection } from "@xyflow/react";
import { useCallback, useMemo, type MouseEvent, type RefObject } from "react";
import type { Edit } from "../../core/document/edits.ts";
import { judgeConnection } from "../../core/editing/connect.ts";
import type { End } from "../../core/editing/ports.ts";
import { useReactFlow } from "@xyflow/react";
import { useParts } from "../model/context.ts";
import { judgingOf } from "./adding.ts";
import type { Point } from "./geometry.ts";
import { useLocalStore } from "./local.ts";
import { useGivingUp } from "./useGivingUp.ts";
import type { Stage } from "./useScene.ts";
import type { WireEdge } from "./Wire.tsx";

export function useConnecting({ scene }: Stage, frame: RefObject<HTMLDivElement | null>) {
  const { studio } = useParts();
  const local = useLocalStore();
  const { screenToFlowPosition } = useReactFlow();
  /** What is being laid: a new wire, or one whose end is moved. */
  const moving = useMemo(() => ({ edge: null as WireEdge | null }), []);
  const giving = useGivingUp();

  const refuse = useCallback(
    (at: Point, why: string) => local.setState({ refusal: { at: { x: at.x + 12, y: at.y + 12 }, why } }),
    [local],
  );
  const connect = useCallback(
    (from: End, to: End, at: Point, without: WireEdge | null = null): boolean => {
      const judged = judgeConnection(judgingOf(studio), scene.name, from, to, { thorough: true });
      if (!judged.ok) refuse(at, judged.why);
      else {
        const edge = { from: `${from.node}.${from.port}`, to: `${to.node}.${to.port}` };
        const off: Edit[] = without ? [{ do: "disconnect", graph: scene.name, edge: without.data!.view.edge }] : [];
        const kept = without ? { ...without.data!.view.edge, ...edge } : edge;
        studio.edit(without ? "Move wire" : `Connect ${from.node} to ${to.node}`, [
          ...off,
          { do: "connect", graph: scene.name, edge: kept },
        ]);
      }
      return judged.ok;
    },
    [studio, scene.name, refuse],
  );

  const isValidConnection: IsValidConnection<WireEdge> = useCallback(
    (connection) => {
      const ends = endsOf(connection);
      return ends !== null && judgeConnection(judgingOf(studio), scene.name, ...ends).ok;
    },
    [studio, scene.name],
  );
  const onReconnectStart = useCallback((_: unknown, edge: WireEdge) => void (moving.edge = edge), [moving]);
  const onConnectEnd = useCallback(
    (event: globalThis.MouseEvent | TouchEvent, state: FinalConnectionState) => {
      const { fromNode, fromHandle, toNode, toHandle } = state;
      const without = moving.edge;
      moving.edge = null;
      if (giving.end() || !fromNode || !fromHandle?.id) return;
      const point = "clientX" in event ? event : event.changedTouches[0];
      const corner = frame.current!.getBoundingClientRect();
      const at = { x: point.clientX - corner.x, y: point.clientY - corner.y };
      const starts = fromHandle.type === "source";
      const here: End = { node: fromNode.id, port: fromHandle.id };
      const join = (there: End) => (starts ? connect(here, there, at, without) : connect(there, here, at, without));
      if (toHandle?.id && toNode) {
        if (toNode.id === fromNode.id && toHandle.id === fromHandle.id) return;
        if (toHandle.type === fromHandle.type)
          refuse(at, starts ? "Both ends are outputs. A wire leads from an output to an input." : "Both ends are inputs. A wire leads from an output to an input."); // prettier-ignore
        else join({ node: toNode.id, port: toHandle.id });
        return;
      }
      const under = document.elementFromPoint(point.clientX, point.clientY)?.closest<HTMLElement>(".react-flow__node");
      const view = under?.dataset.id === undefined ? undefined : scene.nodes.get(under.dataset.id);
      if (view && view.id !== fromNode.id) {
        // let go on the node itself: its first port that fits, free ones first
        const ports = [...(starts ? view.inputs : view.outputs)].sort((a, b) => Number(starts && a.wired) - Number(starts && b.wired)); // prettier-ignore
        const fits = ({ name }: { readonly name: string }) => {
          const ends = [here, { node: view.id, port: name }] as const;
          return judgeConnection(judgingOf(studio), scene.name, ends[starts ? 0 : 1], ends[starts ? 1 : 0]).ok;
        };
        const port = ports.find(fits) ?? ports[0];
        if (port) join({ node: view.id, port: port.name });
        return;
      }
      const isPane = document.elementFromPoint(point.clientX, point.clientY)?.closest(".react-flow__pane");
      if (!without && !view && isPane)
        local.setState({
          searching: {
            at,
            place: screenToFlowPosition({ x: point.clientX, y: point.clientY }),
            end: { ...here, side: starts ? "outputs" : "inputs" },
            after: null,
            into: null,
          },
        });
    },
    [connect, refuse, frame, giving, local, moving, scene, screenToFlowPosition, studio],
  );
  const onEdgeClick = useCallback(
    (event: MouseEvent, { data }: WireEdge) => {
      if (!event.altKey || !data || data.view.idle) return;
      studio.edit("Delete wire", [{ do: "disconnect", graph: scene.name, edge: data.view.edge }]);
    },
    [studio, scene.name],
  );
  return { isValidConnection, onConnectStart: giving.begin, onConnectEnd, onReconnectStart, onReconnect, onEdgeClick };
}

/** Everything is done when the wire is let go; React Flow moves an end only where this is given. */
const onReconnect = () => undefined;

function endsOf(connection: Connection | WireEdge): [from: End, to: End] | null {
  const { source, sourceHandle, target, targetHandle } = connection;
  if (!sourceHandle || !targetHandle) return null;
  return [
    { node: source, port: sourceHandle },
    { node: target, port: targetHandle },
  ];
}

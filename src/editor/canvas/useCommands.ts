/** What others may ask of the canvas (view.ts), done by React Flow. */
import type { ReactFlowInstance } from "@xyflow/react";
import { useReactFlow } from "@xyflow/react";
import { useEffect, useLayoutEffect, useMemo, useRef, type RefObject } from "react";
import { useParts } from "../model/context.ts";
import { around, type Point } from "./geometry.ts";
import { useLocalStore } from "./local.ts";
import { toDocument } from "./places.ts";
import type { FlowNode } from "./useDragging.ts";
import type { Stage } from "./useScene.ts";
import type { CanvasCommands } from "./view.ts";
import { boundsOf, wholeView } from "./viewport.ts";
import type { WireEdge } from "./Wire.tsx";

export type FlowInstance = ReactFlowInstance<FlowNode, WireEdge>;

const quick = { duration: 160 };

export function useCommands(
  stage: Stage,
  frame: RefObject<HTMLDivElement | null>,
  pointer: { readonly current: Point | null },
): CanvasCommands {
  const { studio, view } = useParts();
  const local = useLocalStore();
  const flow: FlowInstance = useReactFlow();
  const latest = useRef(stage);
  useLayoutEffect(() => {
    latest.current = stage;
  }, [stage]);

  const commands = useMemo((): CanvasCommands => {
    const space = () => frame.current!.getBoundingClientRect();
    const centre = (): Point => ({ x: space().x + space().width / 2, y: space().y + space().height / 2 });
    const motion = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? {} : quick);
    return {
      fit() {
        const bounds = boundsOf(latest.current);
        if (bounds) void flow.setViewport(wholeView(bounds, space()), motion());
      },
      frame() {
        const { nodes } = studio.store.getState().selection;
        const { rects, notes } = latest.current;
        const chosen = [
          ...[...rects].filter(([id]) => nodes.has(id)).map(([, rect]) => rect),
          ...notes
            .filter(({ id }) => nodes.has(id))
            .map((n) => ({ ...n.position, width: n.width!, height: n.height! })),
        ];
        const bounds = around(chosen);
        if (bounds) void flow.setViewport(wholeView(bounds, space()), motion());
        else this.fit();
      },
      zoom(factor) {
        void flow.zoomTo(flow.getZoom() * factor, motion());
      },
      async tidy() {
        const { tidied } = await import("./tidy.ts");
        const { scene, flow: way, direction } = latest.current;
        const places = tidied(scene, way);
        const edits = [...places].map(([node, at]) => {
          const { x, y } = toDocument(scene.name, direction, at);
          return { do: "set-place" as const, graph: scene.name, node, place: { x, y } };
        });
        studio.edit("Tidy", edits);
        requestAnimationFrame(() => this.fit());
      },
      search() {
        const { nodes } = studio.store.getState().selection;
        const focused = document.activeElement?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
        const after = focused && nodes.has(focused) ? focused : null;
        const corner = space();
        const box =
          after !== null && frame.current!.querySelector(`[data-id="${CSS.escape(after)}"]`)?.getBoundingClientRect();
        const at = box ? { x: box.x + box.width / 2, y: box.bottom + 8 } : (pointer.current ?? centre());
        local.setState({
          searching: {
            at: { x: at.x - corner.x, y: at.y - corner.y },
            place: after === null ? flow.screenToFlowPosition(at) : null,
            end: null,
            after,
            into: null,
          },
        });
      },
      middle: () => flow.screenToFlowPosition(centre()),
      pointer: () => flow.screenToFlowPosition(pointer.current ?? centre()),
      focus(node) {
        const before = document.activeElement;
        requestAnimationFrame(() => {
          const now = document.activeElement;
          if (now !== before && now?.matches("input, textarea")) return; // the hand was faster, and types elsewhere
          const element = frame.current?.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(node)}"]`);
          element?.focus();
          reveal(node);
        });
      },
      write: (note) => local.setState({ writing: note }),
      connect: (node) => local.setState({ connecting: node }),
    };

    /** Brings a node into view where it is not. */
    function reveal(node: string): void {
      const rect = latest.current.rects.get(node);
      if (!rect) return;
      const { x, y, zoom } = flow.getViewport();
      const [left, top] = [rect.x * zoom + x, rect.y * zoom + y];
      const { width, height } = space();
      const seen = left >= 0 && top >= 0 && left + rect.width * zoom <= width && top + rect.height * zoom <= height;
      if (!seen) void flow.setCenter(rect.x + rect.width / 2, rect.y + rect.height / 2, { zoom, ...motion() });
    }
  }, [flow, frame, local, pointer, studio]);

  useEffect(() => view.mount(commands), [view, commands]);
  return commands;
}

/**
 * The figure of the training graph: sources at one side, optimizers at the other, wires coloured by what flows. It is laid
 * out to the right, and turned where it shall run down.
 */
import type { NetworkProgram, TrainingProgram } from "../../core/program/types.ts";
import type { Drawing } from "./frame.ts";
import { wireText } from "./labels.ts";
import { layered } from "./layered.ts";
import { dot, shapeStyle, type Direction } from "./plan.ts";
import { element, short, text, textWidth, type Point } from "./svg.ts";
import type { Theme } from "./theme.ts";
import { trainingCardMarkup, trainingCards } from "./training-card.ts";
import { trainingGraph, type GraphWire } from "./training-graph.ts";

export function drawTraining(
  training: TrainingProgram,
  networks: readonly NetworkProgram[],
  theme: Theme,
  direction: Direction,
): Drawing {
  const { nodes, wires } = trainingGraph(training, networks);
  const right = direction === "right";
  const turned = ({ x, y }: Point): Point => (right ? { x, y } : { x: y, y: x });
  const ports = portsOf(wires);
  const widest = Math.max(0, ...wires.map(({ type }) => textWidth(wireText(type), shapeStyle)));
  const entries = wires.map((wire) => entryText(wire, ports));
  const named = Math.max(0, ...entries.map((entry) => textWidth(entry, shapeStyle)));
  const busiest = (id: string) => Math.max(ports.entries(id).length, ports.exits(id).length);
  const cards = trainingCards(nodes, busiest, right ? 24 : Math.max(widest, named) + 20, direction);
  const layout = layered(
    cards.map(({ node, width, height }) => ({ id: node.id, ...(right ? { width, height } : { width: height, height: width }) })), // prettier-ignore
    wires,
    { columnGap: right ? Math.ceil((widest + named + 40) / 4) * 4 : 72 },
  );
  const corners = new Map(nodes.map(({ id }) => [id, turned(layout.positions.get(id)!)]));
  const sizes = new Map(cards.map((card) => [card.node.id, card]));
  const end = (id: string, names: readonly string[], name: string, side: 0 | 1): Point => {
    const { width, height } = sizes.get(id)!;
    const { x, y } = corners.get(id)!;
    const part = (names.indexOf(name) + 1) / (names.length + 1);
    return right ? { x: x + side * width, y: y + part * height } : { x: x + part * width, y: y + side * height };
  };
  const drawn = wires.map((wire, index) => {
    const from = end(wire.from, ports.exits(wire.from), wire.port, 1);
    const to = end(wire.to, ports.entries(wire.to), wire.entry, 0);
    return { wire, from, to, entry: entries[index], points: [from, ...layout.routes[index].map(turned), to] };
  });
  /** A port tells its shape once, however many take its value. */
  const first = drawn.filter(
    ({ wire }, index) => wires.findIndex(({ from, port }) => from === wire.from && port === wire.port) === index,
  );
  const style = { ...shapeStyle, fill: theme.muted, halo: theme.paper };
  const [after, before] = right ? [{ x: 10, y: -9 }, { x: -10, y: -9 }] : [{ x: 10, y: 14 }, { x: 10, y: -14 }]; // prettier-ignore
  const body = [
    ...cards.map((card) => trainingCardMarkup(card, corners.get(card.node.id)!, theme)),
    ...drawn.map(({ wire, points }) => curve(points, theme.flow[wire.type.type], right)),
    ...drawn.flatMap(({ wire, from, to }) => [from, to].map((at) => dot(at, theme.flow[wire.type.type], theme))),
    ...first.map(({ wire, from }) => text(wireText(wire.type), from.x + after.x, from.y + after.y, style)),
    ...drawn.map(({ to, entry }) =>
      text(entry, to.x + before.x, to.y + before.y, { ...style, anchor: right ? "end" : "start" }),
    ),
  ].join("");
  const size = turned({ x: layout.width, y: layout.height });
  return { body, width: size.x, height: size.y };
}

type Ports = ReturnType<typeof portsOf>;

/** The ports that wires use, by node, in the order of the wires; each once. */
function portsOf(wires: readonly GraphWire[]) {
  const gather = (pairs: readonly (readonly [node: string, port: string])[]) => {
    const found = new Map<string, Set<string>>();
    for (const [node, port] of pairs) found.set(node, (found.get(node) ?? new Set()).add(port));
    const lists = new Map([...found].map(([node, names]) => [node, [...names]] as const));
    return (node: string): readonly string[] => lists.get(node) ?? [];
  };
  return {
    entries: gather(wires.map(({ to, entry }) => [to, entry])),
    exits: gather(wires.map(({ from, port }) => [from, port])),
  };
}

/** A port is named where a node takes several values. */
const entryText = ({ to, entry }: GraphWire, ports: Ports): string => (ports.entries(to).length > 1 ? entry : "");

/** Curves between columns, straight lines across those that the wire passes. */
function curve(points: readonly Point[], colour: string, right: boolean): string {
  const steps = points.slice(1).map((to, index) => {
    const from = points[index];
    if (index % 2 === 1) return `L${short(to.x)} ${short(to.y)}`;
    const [dx, dy] = right ? [(to.x - from.x) / 2, 0] : [0, (to.y - from.y) / 2];
    const bends = [from.x + dx, from.y + dy, to.x - dx, to.y - dy, to.x, to.y];
    return `C${bends.map(short).join(" ")}`;
  });
  const d = `M${short(points[0].x)} ${short(points[0].y)} ${steps.join(" ")}`;
  return element("path", { class: "wire", d, fill: "none", stroke: colour, "stroke-width": 1.75 });
}

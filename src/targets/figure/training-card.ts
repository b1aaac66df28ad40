/** The cards of the training graph: what a node is, what it is called or set to, and a network's count of weights. */
import type { Direction } from "./plan.ts";
import { element, escapeXml, fitted, text, textWidth, type Point } from "./svg.ts";
import { sizes, type Theme } from "./theme.ts";
import type { GraphNode } from "./training-graph.ts";

export interface TrainingCard {
  readonly node: GraphNode;
  readonly width: number;
  readonly height: number;
}

const titleStyle = { size: sizes.strong, bold: true };
const plainStyle = { size: sizes.plain };
const countStyle = { size: sizes.plain, mono: true };
const padding = 12;
const most = 216;

/**
 * Nodes of one role are of one size, in multiples of 8 pixels so that their middles stand on the grid.
 * @param ports how many wires' ends a node has at its fuller side
 * @param pitch pixels between two of these
 */
export function trainingCards(
  nodes: readonly GraphNode[],
  ports: (id: string) => number,
  pitch: number,
  direction: Direction,
): TrainingCard[] {
  return nodes.map((node) => {
    const alike = nodes.filter(({ role }) => role === node.role);
    const room = (ports(node.id) + 1) * pitch;
    const width = Math.min(most, Math.max(120, ...alike.map(textRoom)));
    const height = 34 + 18 * Math.max(1, ...alike.map(({ lines }) => lines.length));
    return direction === "right"
      ? { node, width: onGrid(width), height: onGrid(Math.max(height, room)) }
      : { node, width: onGrid(Math.max(width, room)), height: onGrid(height) };
  });
}

const onGrid = (extent: number): number => Math.ceil(extent / 8) * 8;

const textRoom = ({ title, count, lines }: GraphNode): number =>
  2 * padding +
  Math.max(
    textWidth(title, titleStyle) + (count === "" ? 0 : 16 + textWidth(count, countStyle)),
    ...lines.map((line) => textWidth(line, plainStyle)),
  );

export function trainingCardMarkup({ node, width, height }: TrainingCard, { x, y }: Point, theme: Theme): string {
  const { id, role, title, count, lines } = node;
  const room = width - 2 * padding;
  const reserved = count === "" ? 0 : textWidth(count, countStyle) + 16;
  const top = y + (height - 18 * lines.length) / 2;
  const counted = { ...countStyle, fill: theme.muted, anchor: "end" } as const;
  return element(
    "g",
    { class: `node ${role}`, "data-id": id },
    `<title>${escapeXml(id)}</title>`,
    element("rect", { x, y, width, height, rx: 8, fill: theme.card, stroke: theme.line }),
    text(fitted(title, room - reserved, titleStyle), x + padding, top, { ...titleStyle, fill: theme.ink }),
    count === "" ? "" : text(count, x + width - padding, top, counted),
    ...lines.map((line, index) =>
      text(fitted(line, room, plainStyle), x + padding, top + 18 * (index + 1), { ...plainStyle, fill: theme.muted }),
    ),
  );
}

/** The tensors beside a network's cards, drawn to one scale wherever the shape changes. */
import { wireText } from "./labels.ts";
import { shapeStyle, type Plan } from "./plan.ts";
import { element, pointList, short, text, textWidth, type Point } from "./svg.ts";
import { largestSide, tensorGeometry } from "./tensor.ts";

/**
 * The cuboids in a line of their own, with their shapes in another.
 * @param offset pixels that something else takes beside the cards
 */
export function drawTensors({ rows, theme, direction, card, pitch, at }: Plan, offset: number) {
  const largest = largestSide(rows.flatMap(({ type }) => (type ? [type] : [])));
  const drawn = rows.flatMap(({ type, reshapes }, index) =>
    type && reshapes ? [{ type, index, geometry: tensorGeometry(type, { largest }) }] : [],
  );
  const down = direction === "down";
  const begin = card.across + 28 + offset;
  const thickest = Math.max(0, ...drawn.map(({ geometry }) => (down ? geometry.width : geometry.height)));
  const label = begin + Math.ceil(thickest) + 12;
  const markup = drawn.map(({ type, index, geometry: { width, height, faces } }) => {
    const middle = index * pitch + card.along / 2;
    const corner = down ? at(middle - height / 2, begin) : at(middle - width / 2, begin + (thickest - height) / 2);
    const colour = theme.flow[type.type];
    const face = (points: readonly Point[], fill: number) =>
      element("polygon", {
        points: pointList(points),
        fill: colour,
        "fill-opacity": fill,
        stroke: colour,
        "stroke-width": 1,
        "stroke-linejoin": "round",
      });
    const cuboid = element(
      "g",
      { class: "tensor", transform: `translate(${short(corner.x)} ${short(corner.y)})` },
      face(faces.front, 0.75),
      face(faces.top, 0.3),
      face(faces.side, 0.5),
    );
    const place = at(middle, down ? label : label + 4);
    const style = { ...shapeStyle, fill: theme.ink, anchor: down ? "start" : "middle" } as const;
    return cuboid + text(wireText(type), place.x, place.y, style);
  });
  const widest = Math.max(0, ...drawn.map(({ type }) => textWidth(wireText(type), shapeStyle)));
  return { markup: markup.join(""), across: label - card.across + (down ? widest : 12) };
}

/** Networks as rows of their tensors, drawn to scale, two beside each other: how the generator grows and the discriminator shrinks. */
import type { NetworkAnalysis } from "../../core/analysis/network.ts";
import type { PortType } from "../../core/kind/ports.ts";
import { largestSide, tensorGeometry } from "../../targets/figure/tensor.ts";
import styles from "./NetworkPicture.module.css";

const gap = 7;
const between = 28;

export function NetworkPicture({ networks }: { readonly networks: readonly NetworkAnalysis[] }) {
  const rows = networks.map(tensorsOf);
  const largest = largestSide(rows.flat());
  const drawn = rows.map((row) => row.map((type) => ({ type, ...tensorGeometry(type, { largest, size: 56 }) })));
  const tallest = Math.max(1, ...drawn.flat().map(({ height }) => height));
  const ends: number[] = [];
  const placed = drawn.flatMap((row, index) => {
    let x = index % 2 === 0 ? 0 : ends[index - 1] - gap + between;
    const top = Math.floor(index / 2) * (tallest + gap);
    const at = row.map((tensor) => {
      const place = { ...tensor, x, y: top + (tallest - tensor.height) / 2 };
      x += tensor.width + gap;
      return place;
    });
    ends[index] = x;
    return at;
  });
  const lines = Math.max(1, Math.ceil(networks.length / 2));
  const [width, height] = [Math.max(1, ...ends.map((end) => end - gap)) + 2, lines * (tallest + gap) - gap + 2];
  return (
    <svg className={styles.picture} viewBox={`-1 -1 ${width} ${height}`} {...{ width, height }} aria-hidden>
      {placed.map(({ type, faces, x: left, y: top }, index) => (
        <g
          key={index}
          transform={`translate(${left} ${top})`}
          style={{ color: colourOf(type) }}
          className={styles.tensor}
        >
          <Face corners={faces.front} opacity={0.9} />
          <Face corners={faces.top} opacity={0.45} />
          <Face corners={faces.side} opacity={0.65} />
        </g>
      ))}
    </svg>
  );
}

const Face = ({
  corners,
  opacity,
}: {
  readonly corners: readonly { x: number; y: number }[];
  readonly opacity: number;
}) => <polygon points={corners.map(({ x, y }) => `${x},${y}`).join(" ")} opacity={opacity} />;

/** What comes in, and what layers make of it where they change the shape: to and fro, as padding and filtering do, once. */
function tensorsOf({ inputs, layers }: NetworkAnalysis): PortType[] {
  const all = [...inputs.map(({ type }) => type), ...layers.map(({ outputs }) => outputs[0])].filter(
    (type) => type !== null,
  );
  const shapes = all.map(({ shape }) => String(shape));
  const changing = all.filter((_, index) => shapes[index] !== shapes[index - 1]);
  return changing.filter(({ shape }, index) => index < 2 || String(shape) !== String(changing[index - 2].shape));
}

const colourOf = ({ type }: PortType): string => `var(--${type === "embedded" ? "tokens" : type})`;

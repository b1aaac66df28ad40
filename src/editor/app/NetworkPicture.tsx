/** Networks as a row of their tensors, drawn to scale: how the generator grows and the discriminator shrinks. */
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
  let x = 0;
  const placed = drawn.flatMap((row, index) => {
    if (index > 0) x += between - gap;
    return row.map((tensor) => {
      const at = { ...tensor, x, y: (tallest - tensor.height) / 2 };
      x += tensor.width + gap;
      return at;
    });
  });
  const [width, height] = [Math.max(1, x - gap) + 2, tallest + 2];
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

/** What comes in, and what each layer makes of it where it changes the shape. */
function tensorsOf({ inputs, layers }: NetworkAnalysis): PortType[] {
  const all = [...inputs.map(({ type }) => type), ...layers.map(({ outputs }) => outputs[0])].filter(
    (type) => type !== null,
  );
  return all.filter((type, index) => index === 0 || String(type.shape) !== String(all[index - 1].shape));
}

const colourOf = ({ type }: PortType): string => `var(--${type === "embedded" ? "tokens" : type})`;

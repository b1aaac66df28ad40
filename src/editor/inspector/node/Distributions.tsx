/** How the weights of a layer and what it gives are distributed in the run, looked at again as training goes on. */
import { useEffect, useState } from "react";
import { grouped, rounded } from "../../../core/kind/display.ts";
import type { Histogram, LayerHistograms } from "../../../session/protocol.ts";
import { useParts, useTraining } from "../../model/context.ts";
import styles from "../Inspector.module.css";
import { Fold } from "../Section.tsx";
import { weightShape } from "../words.ts";
import { barsOf } from "./bars.ts";

/** Milliseconds between two looks while training. */
const pause = 2000;

/** Whether it is open stays as one goes from node to node. */
let leftOpen = false;

export function Distributions({ network, layer }: { readonly network: string; readonly layer: string }) {
  const running = useTraining(({ open, iteration, drift }) => open && iteration > 0 && drift !== "meaning");
  const [open, setOpen] = useState(leftOpen);
  if (!running) return null;
  return (
    <Fold
      title="Distributions"
      open={open}
      onToggle={(next) => {
        leftOpen = next;
        setOpen(next);
      }}
    >
      <Looked key={`${network}/${layer}`} network={network} layer={layer} />
    </Fold>
  );
}

function Looked({ network, layer }: { readonly network: string; readonly layer: string }) {
  const { training } = useParts();
  const [found, setFound] = useState<LayerHistograms | "asking" | "none">("asking");
  useEffect(() => {
    let here = true;
    let asking = false;
    let seen = -1;
    async function look(): Promise<void> {
      const { iteration } = training.store.getState();
      if (asking || iteration === seen || document.hidden) return;
      asking = true;
      const answer = await training.histogram(network, layer).catch(() => null);
      asking = false;
      seen = iteration;
      if (here) setFound(answer ?? "none");
    }
    void look();
    const timer = setInterval(() => void look(), pause);
    return () => {
      here = false;
      clearInterval(timer);
    };
  }, [training, network, layer]);
  if (found === "asking") return <p className={styles.missing}>Looking into the layer…</p>;
  if (found === "none") return <p className={styles.missing}>The run has no such layer.</p>;
  return (
    <div className={styles.distributions}>
      {[...found.weights, ...found.outputs.map((output) => ({ ...output, name: `gives ${output.name}` }))].map(
        (each) => (
          <Distribution key={each.name} histogram={each} />
        ),
      )}
      <p className={styles.small}>At iteration {grouped(found.iteration)}, over 64 samples.</p>
    </div>
  );
}

const height = 36;

function Distribution({ histogram }: { readonly histogram: Histogram }) {
  const { name, shape, least, most, mean, deviation } = histogram;
  const { bars, zero, centre, low, high } = barsOf(histogram, height);
  const words = `mean ${rounded(mean)} ± ${rounded(deviation)}`;
  return (
    <figure className={styles.distribution}>
      <figcaption>
        <span className={styles.path}>{name}</span> <b>{weightShape(shape)}</b>
        <span className={styles.weightNotes}>{words}</span>
      </figcaption>
      <svg
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: ${words}, from ${rounded(least)} to ${rounded(most)}`}
      >
        <rect className={styles.spread} x={low} width={Math.max(0, high - low)} y={0} height={height} />
        {bars.map((bar) => (
          <rect
            key={bar.x}
            className={styles.bar}
            x={bar.x}
            y={height - bar.height}
            width={bar.width}
            height={bar.height}
          />
        ))}
        {zero !== null && <line className={styles.zero} x1={zero} x2={zero} y1={0} y2={height} />}
        <line className={styles.mean} x1={centre} x2={centre} y1={0} y2={height} />
      </svg>
      <div className={styles.ends}>
        <span>{rounded(least)}</span>
        <span>{rounded(most)}</span>
      </div>
    </figure>
  );
}

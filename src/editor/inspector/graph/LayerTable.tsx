/** The layers of a network in the order in which they are computed; each leads to its node. */
import { memo } from "react";
import type { Layer } from "../../../core/analysis/network.ts";
import { graphOf, type GraphName } from "../../../core/document/types.ts";
import { shapeText } from "../../../core/kind/display.ts";
import { countText } from "../../canvas/words.ts";
import { useParts } from "../../model/context.ts";
import styles from "../Inspector.module.css";
import { Section } from "../Section.tsx";
import { nodeOfPath } from "./paths.ts";

interface LayerTableProps {
  readonly graph: GraphName;
  readonly layers: readonly Layer[];
}

/** Rows that are drawn: expanded blocks may give a hundred thousand. */
const most = 400;

export const LayerTable = memo(function LayerTable({ graph, layers }: LayerTableProps) {
  const { studio, view } = useParts();
  function go(path: string): void {
    const node = nodeOfPath(path, graphOf(studio.store.getState().document, graph)?.nodes ?? {});
    if (node === null) return;
    studio.select([node]);
    view.commands?.frame();
  }
  return (
    <Section title="Layers" aside={<span className={styles.aside}>{layers.length.toLocaleString("en")}</span>}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">gives</th>
            <th scope="col">weights</th>
          </tr>
        </thead>
        <tbody>
          {layers.slice(0, most).map(({ path, kind, outputs, weights }) => {
            const count = weights.reduce((sum, { shape, trainable }) => sum + (trainable ? shape.reduce((a, b) => a * b, 1) : 0), 0); // prettier-ignore
            return (
              <tr key={path} onClick={() => go(path)}>
                <td>
                  <button type="button" className={styles.rowName} title={kind.title}>
                    {path} <span className={styles.rowKind}>{kind.title}</span>
                  </button>
                </td>
                <td className="number">{outputs[0] ? shapeText(outputs[0]) : ""}</td>
                <td className="number">{count > 0 ? countText(count) : ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {layers.length > most && <p className={styles.more}>and {(layers.length - most).toLocaleString("en")} more</p>}
    </Section>
  );
});

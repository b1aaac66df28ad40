/** A network as a whole: how its weights start, what it costs, its ports, and its layers in a table. */
import { useMemo } from "react";
import type { GraphName } from "../../../core/document/types.ts";
import { grouped, shapeText } from "../../../core/kind/display.ts";
import { initSchemes, type InitScheme } from "../../../core/kind/weights.ts";
import { lower } from "../../../core/program/lower.ts";
import { summarize } from "../../../targets/summary/summary.ts";
import { colourOf, PortGlyph } from "../../canvas/Glyph.tsx";
import { useParts, useStudio } from "../../model/context.ts";
import form from "../form/Form.module.css";
import styles from "../Inspector.module.css";
import { schemeOf } from "../node/facts.ts";
import { Problems } from "../Problems.tsx";
import { Section } from "../Section.tsx";
import { flopText, initWords, memoryText } from "../words.ts";
import { GraphTitle } from "./GraphTitle.tsx";
import { LayerTable } from "./LayerTable.tsx";
import { ProgramText } from "./ProgramText.tsx";
import { WeightsSection } from "./WeightsSection.tsx";

export function NetworkInspector({ name }: { readonly name: string }) {
  const { studio } = useParts();
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const { networks, training, diagnostics } = analysis;
  const graph: GraphName = `networks.${name}`;
  const network = networks.get(name);
  const memory = useMemo(() => {
    const program = lower(document, { document, networks, training, diagnostics });
    return program && summarize(program).networks[name]?.memory;
  }, [document, networks, training, diagnostics, name]);
  if (!network) return null;
  const init = schemeOf(document, name);
  const ports = [
    ...network.inputs.map((port) => ({ ...port, side: "in" })),
    ...network.outputs.map((port) => ({ ...port, side: "out" })),
  ];
  return (
    <>
      <div className={styles.scroll}>
        <header className={styles.header}>
          <GraphTitle graph={graph} />
          <p className={styles.summary}>Network</p>
        </header>
        <dl className={styles.facts}>
          <dt>parameters</dt>
          <dd className="number">{grouped(network.parameters)}</dd>
          <dt>forward pass</dt>
          <dd className="number">{flopText(network.flops)}</dd>
          <dt>memory</dt>
          <dd>
            {memory ? (
              <>
                <span className="number">{memoryText(memory)}</span>
                <span className={styles.aside}>training, batch {grouped(training.settings.batch)}</span>
              </>
            ) : (
              <span className={styles.aside}>known when there are no errors</span>
            )}
          </dd>
        </dl>
        <div className={styles.setting}>
          <label className={form.label} htmlFor="init">
            init
          </label>
          <select
            id="init"
            className={form.select}
            value={init}
            aria-describedby="init-help"
            onChange={({ currentTarget }) => {
              const value = currentTarget.value as InitScheme;
              studio.edit("Set init", [
                { do: "set-graph-part", graph, part: "init", value: value === "pytorch" ? undefined : value },
              ]);
            }}
          >
            {initSchemes.map((scheme) => (
              <option key={scheme} value={scheme}>
                {scheme}
              </option>
            ))}
          </select>
          <p className={styles.small} id="init-help">
            {initWords[init]}
          </p>
        </div>
        <WeightsSection name={name} />
        {ports.length > 0 && (
          <Section title="Ports">
            <ul className={styles.list}>
              {ports.map(({ side, name: port, type }) => (
                <li key={`${side} ${port}`}>
                  <button type="button" className={styles.listed} onClick={() => studio.select([port])}>
                    <span className={styles.portSide}>{side}</span>
                    <span className={styles.grow}>{port}</span>
                    <span className={styles.typed} style={{ color: colourOf(type?.type ?? null) }}>
                      <PortGlyph kind={type?.type ?? null} hollow={!type} />
                      <b className="number">{type ? shapeText(type) : "?"}</b>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </Section>
        )}
        {network.layers.length > 0 && <LayerTable graph={graph} layers={network.layers} />}
        <ProgramText network={name} />
      </div>
      <Problems problems={diagnostics.filter(({ at }) => at.graph === graph && !at.node)} />
    </>
  );
}

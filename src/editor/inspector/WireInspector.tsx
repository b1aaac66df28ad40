/** One wire or several: from where to where, what flows, and what can be done with it. */
import { Plus, Trash2 } from "lucide-react";
import { useId, useMemo } from "react";
import { graphOf, splitEnd, type EdgeDeclaration, type GraphName } from "../../core/document/types.ts";
import { typeAt } from "../../core/editing/ports.ts";
import { grouped, shapeText } from "../../core/kind/display.ts";
import { sizeOf, type PortType } from "../../core/kind/ports.ts";
import { vocabulary } from "../../kinds/index.ts";
import { colourOf, PortGlyph } from "../canvas/Glyph.tsx";
import { useParts, useStudio } from "../model/context.ts";
import { edgeKey } from "../model/studio.ts";
import { Button } from "../ui/Button.tsx";
import form from "./form/Form.module.css";
import styles from "./Inspector.module.css";

export function WireInspector({ graph, keys }: { readonly graph: GraphName; readonly keys: readonly string[] }) {
  const { studio, view } = useParts();
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const held = graphOf(document, graph);
  const key = keys.join("\n");
  const wires = useMemo(() => {
    const wanted = new Set(key.split("\n"));
    return (held?.edges ?? []).filter((edge) => wanted.has(edgeKey(edge)));
  }, [held, key]);
  const remove = () =>
    studio.edit(
      wires.length === 1 ? "Delete the wire" : `Delete ${grouped(wires.length)} wires`,
      wires.map((edge) => ({ do: "disconnect", graph, edge })),
    );
  if (!held || wires.length === 0) return null;
  const deletion = (
    <Button size="small" icon={<Trash2 size={14} aria-hidden />} onClick={remove}>
      {wires.length === 1 ? "Delete" : `Delete ${grouped(wires.length)} wires`}
    </Button>
  );
  if (wires.length > 1)
    return (
      <div className={styles.scroll}>
        <header className={styles.header}>
          <h2 className={styles.title}>{grouped(wires.length)} wires</h2>
        </header>
        <div className={styles.actions}>{deletion}</div>
      </div>
    );
  const [wire] = wires;
  const from = splitEnd(wire.from, held.nodes);
  const type = from && typeAt({ document, analysis, vocabulary }, graph, from);
  return (
    <div className={styles.scroll}>
      <header className={styles.header}>
        <h2 className={styles.title}>Wire</h2>
        <p className={styles.summary}>{type ? flows(type) : "What flows here is not known yet."}</p>
      </header>
      <dl className={styles.facts}>
        <End title="from" end={from} onGo={(id) => studio.select([id])} />
        <End title="to" end={splitEnd(wire.to, held.nodes)} onGo={(id) => studio.select([id])} />
        {type && (
          <>
            <dt>shape</dt>
            <dd className={styles.typed} style={{ color: colourOf(type.type) }}>
              <PortGlyph kind={type.type} />
              <b className="number">{shapeText(type)}</b>
            </dd>
          </>
        )}
      </dl>
      {graph === "training" && <Stale wire={wire} />}
      <div className={styles.actions}>
        <Button size="small" icon={<Plus size={14} aria-hidden />} onClick={() => view.commands?.search()}>
          Insert a node…
        </Button>
        {deletion}
      </div>
    </div>
  );
}

/** "An image of 6,272 values, for each sample of the batch." */
function flows(type: PortType): string {
  if (type.type === "loss") return "One number for the whole batch: what training makes small.";
  if (type.type === "label") return "A class index for each sample of the batch.";
  const noun = { image: "An image", vector: "A vector", tokens: "Tokens", embedded: "Embedded tokens" }[type.type];
  return `${noun} of ${grouped(sizeOf(type))} ${sizeOf(type) === 1 ? "value" : "values"} for each sample of the batch.`;
}

interface EndProps {
  readonly title: string;
  readonly end: { readonly node: string; readonly port: string } | null;
  onGo(node: string): void;
}

const End = ({ title, end, onGo }: EndProps) => (
  <>
    <dt>{title}</dt>
    <dd>
      {end && (
        <button type="button" className={styles.go} onClick={() => onGo(end.node)}>
          {end.node}
          <span className={styles.portName}>.{end.port}</span>
        </button>
      )}
    </dd>
  </>
);

function Stale({ wire }: { readonly wire: EdgeDeclaration }) {
  const { studio } = useParts();
  const id = useId();
  const stale = wire.stale === true;
  return (
    <div className={styles.stale}>
      <button
        type="button"
        id={id}
        className={form.switch}
        role="switch"
        aria-checked={stale}
        aria-describedby={`${id}-help`}
        onClick={() =>
          studio.edit(stale ? "Take the fresh value" : "Take the stale value", [
            { do: "set-edge", graph: "training", edge: wire, set: { stale: stale ? undefined : true } },
          ])
        }
      >
        <span className={form.track} />
        <span>Stale</span>
      </button>
      <p className={styles.small} id={`${id}-help`}>
        Takes the value from before this iteration’s updates. Nothing is trained through it.
      </p>
    </div>
  );
}

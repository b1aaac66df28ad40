/** Laying a wire by the keyboard: the ports that a node may be wired to, as a list. */
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { judgeConnection } from "../../core/editing/connect.ts";
import type { End } from "../../core/editing/ports.ts";
import { useParts } from "../model/context.ts";
import { judgingOf } from "./adding.ts";
import { colourOf, PortGlyph } from "./Glyph.tsx";
import { useLocalStore } from "./local.ts";
import type { PortView } from "./scene.ts";
import styles from "./SearchMenu.module.css";
import type { Stage } from "./useScene.ts";
import type { CanvasCommands } from "./view.ts";

interface Option {
  readonly from: End;
  readonly to: End;
  readonly words: string;
  readonly port: PortView;
}

export interface ConnectListProps {
  readonly node: string;
  readonly stage: Stage;
  readonly commands: CanvasCommands;
}

export function ConnectList({ node, stage: { scene }, commands }: ConnectListProps) {
  const { studio } = useParts();
  const local = useLocalStore();
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const options = useMemo((): Option[] => {
    const context = judgingOf(studio);
    const view = scene.nodes.get(node);
    const others = [...scene.nodes.values()].filter((other) => other.id !== node && !other.bypassed);
    const fits = ({ from, to }: Option) => judgeConnection(context, scene.name, from, to).ok;
    const isWire = ({ from, to }: Option) =>
      scene.wires.some((w) => w.from.node === from.node && w.from.port === from.port && w.to.node === to.node && w.to.port === to.port); // prettier-ignore
    const onwards = (view?.outputs ?? []).flatMap((out) =>
      others.flatMap((other) =>
        other.inputs.map((port): Option => {
          const ends = { from: { node, port: out.name }, to: { node: other.id, port: port.name } };
          return { ...ends, port, words: `to ${other.id} · ${port.name}` };
        }),
      ),
    );
    const back = (view?.inputs ?? []).flatMap((input) =>
      others.flatMap((other) =>
        other.outputs.map((port): Option => {
          const ends = { from: { node: other.id, port: port.name }, to: { node, port: input.name } };
          return { ...ends, port, words: `${input.name} from ${other.id} · ${port.name}` };
        }),
      ),
    );
    return [...onwards, ...back].filter((option) => !isWire(option) && fits(option));
  }, [studio, scene, node]);

  useEffect(() => list.current?.focus(), []);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const close = () => {
    local.setState({ connecting: null });
    commands.focus(node);
  };
  const choose = (option: Option | undefined) => {
    if (option) {
      const { from, to } = option;
      const edge = { from: `${from.node}.${from.port}`, to: `${to.node}.${to.port}` };
      studio.edit(`Connect ${from.node} to ${to.node}`, [{ do: "connect", graph: scene.name, edge }]);
    }
    close();
  };
  return (
    <div className={`${styles.menu} ${styles.middle}`} data-captures-keys="">
      <p className={styles.heading}>Connect {node}…</p>
      <div
        ref={list}
        className={styles.list}
        role="listbox"
        tabIndex={0}
        aria-label={`Connect ${node}`}
        aria-activedescendant={options[active] && `${id}-${active}`}
        onBlur={() => local.setState({ connecting: null })}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined) setActive((at) => Math.max(0, Math.min(options.length - 1, at + step)));
          else if (event.key === "Enter") choose(options[active]);
          else if (event.key === "Escape") close();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        {options.map((option, index) => (
          <div
            key={`${option.from.port} ${option.words}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            className={styles.choice}
            onPointerMove={() => setActive(index)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
          >
            <span className={styles.glyph} style={{ color: colourOf(option.port.type?.type ?? null) }}>
              <PortGlyph kind={option.port.type?.type ?? null} hollow />
            </span>
            <span className={styles.title}>{option.words}</span>
            {option.port.wired && option.to.node !== node && (
              <span className={styles.summary}>takes the place of its wire</span>
            )}
          </div>
        ))}
        {options.length === 0 && <p className={styles.none}>No other node fits.</p>}
      </div>
    </div>
  );
}

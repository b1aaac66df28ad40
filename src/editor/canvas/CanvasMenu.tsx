/** The menu under the right button, or Shift+F10: what can be done with a node, a wire, or the canvas itself. */
import { ContextMenu } from "radix-ui";
import { useState, type MouseEvent, type ReactNode } from "react";
import { useParts, useWorkbench } from "../model/context.ts";
import styles from "../ui/Menu.module.css";
import * as actions from "./actions.ts";
import type { Point } from "./geometry.ts";
import { useLocalStore } from "./local.ts";
import type { WireView } from "./scene.ts";
import type { Stage } from "./useScene.ts";
import type { CanvasCommands } from "./view.ts";

export interface CanvasMenuProps {
  readonly stage: Stage;
  readonly commands: CanvasCommands;
  readonly children: ReactNode;
}
type Target = { readonly node: string } | { readonly wire: WireView; readonly at: Point } | null;

export function CanvasMenu({ stage, commands, children }: CanvasMenuProps) {
  const { studio } = useParts();
  const [target, setTarget] = useState<Target>(null);
  const aim = (event: MouseEvent) => {
    const element = event.target as Element;
    const node = element.closest<HTMLElement>(".react-flow__node")?.dataset.id;
    const wire = element.closest<SVGElement>(".react-flow__edge")?.dataset.id;
    if (node !== undefined) {
      if (!studio.store.getState().selection.nodes.has(node)) studio.select([node]);
      setTarget({ node });
    } else {
      const found = stage.scene.wires.find(({ key }) => key === wire);
      if (found) studio.select([], [found.key]);
      const corner = event.currentTarget.getBoundingClientRect();
      setTarget(found ? { wire: found, at: { x: event.clientX - corner.x, y: event.clientY - corner.y } } : null);
    }
  };
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild onContextMenu={aim}>
        {children}
      </ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content className={styles.menu} collisionPadding={8}>
          {target === null ? (
            <OfCanvas stage={stage} commands={commands} />
          ) : "wire" in target ? (
            <OfWire {...target} stage={stage} />
          ) : (
            <OfNode node={target.node} stage={stage} />
          )}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

function OfNode({ node, stage: { scene } }: { readonly node: string; readonly stage: Stage }) {
  const parts = useParts();
  const local = useLocalStore();
  const view = scene.nodes.get(node);
  const wires = scene.wires.filter((wire) => !wire.idle && (wire.to.node === node || wire.from.node === node));
  if (!view)
    return (
      <>
        <Item onSelect={() => local.setState({ writing: node })}>Edit text</Item>
        <Item onSelect={() => actions.duplicate(parts)}>Duplicate</Item>
        <Divider />
        <Item onSelect={() => actions.deleteSelection(parts)}>Delete</Item>
      </>
    );
  const isBlock = view.opens?.startsWith("blocks.") ?? false;
  return (
    <>
      {view.opens && <Item onSelect={() => parts.studio.show(view.opens!)}>Open {view.title}</Item>}
      <Item onSelect={() => local.setState({ connecting: node })}>Connect to…</Item>
      <Divider />
      <Item onSelect={actions.cut}>Cut</Item>
      <Item onSelect={actions.copy}>Copy</Item>
      <Item onSelect={() => actions.duplicate(parts)}>Duplicate</Item>
      <Divider />
      <Item onSelect={() => actions.bypass(parts)}>{view.bypassed ? "Put back" : "Bypass"}</Item>
      <Item onSelect={() => actions.collapse(parts)}>{view.collapsed ? "Show details" : "Hide details"}</Item>
      {!scene.training && <Item onSelect={() => actions.group(parts)}>Group into a block</Item>}
      {isBlock && <Item onSelect={() => actions.ungroup(parts)}>Ungroup</Item>}
      <Item onSelect={() => actions.frameSelection(parts)}>Frame</Item>
      <Divider />
      {wires.map((wire) => (
        <Item key={wire.key} onSelect={() => disconnect(parts, scene.name, wire)}>
          Disconnect {wire.to.node === node ? `from ${wire.from.node}` : `${wire.to.node}`}
        </Item>
      ))}
      <Item onSelect={() => actions.deleteAndReconnect(parts)}>Delete and reconnect</Item>
      <Item onSelect={() => actions.deleteSelection(parts)}>Delete</Item>
    </>
  );
}

interface OfWireProps {
  readonly wire: WireView;
  /** Where it was pointed at. */
  readonly at: Point;
  readonly stage: Stage;
}

function OfWire({ wire, at, stage: { scene } }: OfWireProps) {
  const parts = useParts();
  const local = useLocalStore();
  const insert = () => {
    // the menu gives the focus back first
    setTimeout(() =>
      local.setState({ searching: { at, place: null, end: null, after: wire.from.node, into: wire.edge } }),
    );
  };
  return (
    <>
      <Item onSelect={insert}>Insert a node…</Item>
      <Item onSelect={() => disconnect(parts, scene.name, wire)}>Delete</Item>
    </>
  );
}

function OfCanvas({ stage, commands }: { readonly stage: Stage; readonly commands: CanvasCommands }) {
  const parts = useParts();
  const { snap, minimap, direction } = useWorkbench((state) => state);
  return (
    <>
      <Item onSelect={() => setTimeout(() => commands.search())}>Add a node…</Item>
      <Item onSelect={() => void actions.paste(parts)}>Paste</Item>
      <Item onSelect={() => actions.addNote(parts)}>Add a note</Item>
      <Divider />
      <Item onSelect={() => actions.selectAll(parts)}>Select all</Item>
      <Item onSelect={() => commands.fit()}>Show all</Item>
      <Item onSelect={() => void commands.tidy()}>Tidy</Item>
      <Divider />
      <Item onSelect={() => parts.workbench.set({ snap: !snap })}>{snap ? "Do not snap" : "Snap to the grid"}</Item>
      <Item onSelect={() => parts.workbench.set({ minimap: !minimap })}>
        {minimap ? "Hide the overview" : "Show the overview"}
      </Item>
      {!stage.scene.training && (
        <Item onSelect={() => parts.workbench.set({ direction: direction === "down" ? "right" : "down" })}>
          {direction === "down" ? "Run left to right" : "Run top to bottom"}
        </Item>
      )}
    </>
  );
}

function disconnect({ studio }: ReturnType<typeof useParts>, graph: string, { edge }: WireView): void {
  studio.edit("Delete wire", [{ do: "disconnect", graph, edge }]);
}

const Item = ({ onSelect, children }: { onSelect(): void; readonly children: ReactNode }) => (
  <ContextMenu.Item className={styles.item} onSelect={onSelect}>
    {children}
  </ContextMenu.Item>
);
const Divider = () => <ContextMenu.Separator className={styles.divider} />;

/** The document's graphs: training, networks, blocks. One is shown; each network and block can be renamed and deleted. */
import { Boxes, Network, Plus, X } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { GraphName } from "../../core/document/types.ts";
import type { PortType } from "../../core/kind/ports.ts";
import { useParts, useStudio } from "../model/context.ts";
import { context } from "../canvas/actions.ts";
import * as editing from "../../core/editing/commands.ts";
import { isRefused } from "../../core/editing/refusals.ts";
import { sectionOf, titleOf } from "../model/graphs.ts";
import { tabsOf } from "../model/studio.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { Menu, MenuItem } from "../ui/Menu.tsx";
import { NameField } from "./NameField.tsx";
import styles from "./Tabs.module.css";

export function Tabs({ readOnly = false }: { readonly readOnly?: boolean }) {
  const { studio, workbench } = useParts();
  const document = useStudio((state) => state.document);
  const shown = useStudio((state) => state.tab);
  const [renaming, setRenaming] = useState<GraphName | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const tabs = tabsOf(document);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [shown, tabs.length]);

  function add(make: typeof editing.newNetwork): void {
    const edits = make(context(studio)) ?? [];
    const tab = edits.find((edit) => edit.do === "add-graph")?.graph as GraphName | undefined;
    if (!tab) return;
    studio.edit(`Add ${titleOf(tab)}`, edits, { tab, select: [] });
    setRenaming(tab);
  }
  function remove(tab: GraphName): void {
    studio.edit(`Delete ${titleOf(tab)}`, editing.removeGraph({ document }, tab) ?? []);
    workbench.say(`${titleOf(tab)} is deleted.`, { action: { title: "Undo", run: () => studio.undo() } });
  }
  function rename(tab: GraphName, name: string | null, why?: string): void {
    setRenaming(null);
    if (why) workbench.say(why, { tone: "bad" });
    const edits = name === null ? null : editing.renameGraph(context(studio), tab, name);
    if (!edits || isRefused(edits)) return focusTab(list.current, tab);
    const to: GraphName = `${sectionOf(tab)!}.${name!}`;
    studio.edit(`Rename ${titleOf(tab)}`, edits, { tab: to });
    focusTab(list.current, to);
  }
  function judge(tab: GraphName, name: string): string | null {
    const result = editing.renameGraph(context(studio), tab, name);
    return isRefused(result) ? result.why : null;
  }
  /** A tab that was clicked still has the focus while nodes are selected by key: Delete then means them. */
  function hasSelection(): boolean {
    const { nodes, edges } = studio.store.getState().selection;
    return nodes.size + edges.size > 0;
  }
  function press(event: KeyboardEvent, tab: GraphName): void {
    const at = tabs.indexOf(tab);
    const last = tabs.length - 1;
    const next = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
      event.key
    ];
    if (next !== undefined) {
      studio.show(tabs[next]);
      focusTab(list.current, tabs[next]);
    } else if (readOnly || tab === "training") return;
    else if (event.key === "F2") setRenaming(tab);
    else if (event.key === "Delete" && !hasSelection()) {
      remove(tab);
      focusTab(list.current, "training");
    } else return;
    event.preventDefault();
  }

  return (
    <div className={styles.holder}>
      <div ref={list} className={styles.tabs} role="tablist" aria-label="Graphs">
        {tabs.map((tab) =>
          renaming === tab ? (
            <NameField
              key={tab}
              name={titleOf(tab)}
              label={`New name of ${titleOf(tab)}`}
              judge={(name) => judge(tab, name)}
              onDone={(name, why) => rename(tab, name, why)}
            />
          ) : (
            <div key={tab} className={styles.tab} data-shown={tab === shown || undefined} role="presentation">
              <button
                type="button"
                role="tab"
                className={styles.title}
                data-deletes={(!readOnly && tab !== "training") || undefined}
                data-tab={tab}
                aria-selected={tab === shown}
                aria-keyshortcuts={readOnly || tab === "training" ? undefined : "F2 Delete"}
                tabIndex={tab === shown ? 0 : -1}
                onClick={() => studio.show(tab)}
                onDoubleClick={() => !readOnly && tab !== "training" && setRenaming(tab)}
                onKeyDown={(event) => press(event, tab)}
              >
                <Mark tab={tab} />
                {titleOf(tab)}
              </button>
              {!readOnly && tab !== "training" && tab === shown && (
                // for the mouse: a list of tabs holds nothing but tabs, and Delete does this for the keyboard
                <button
                  type="button"
                  className={styles.delete}
                  aria-hidden
                  tabIndex={-1}
                  title={`Delete ${titleOf(tab)}`}
                  onClick={() => remove(tab)}
                >
                  <X size={12} />
                </button>
              )}
            </div>
          ),
        )}
      </div>
      {!readOnly && (
        <Menu
          align="center"
          trigger={
            <IconButton label="Add a network or block" size="small" className={styles.add}>
              <Plus size={16} />
            </IconButton>
          }
        >
          <MenuItem
            icon={<Network size={16} />}
            note="Layers with weights, evaluated in training"
            onSelect={() => add(editing.newNetwork)}
          >
            Network
          </MenuItem>
          <MenuItem
            icon={<Boxes size={16} />}
            note="A group of layers that stands in networks, perhaps repeated"
            onSelect={() => add(editing.newBlock)}
          >
            Block
          </MenuItem>
        </Menu>
      )}
    </div>
  );
}

/** A network's dot has the colour of what it gives; a block has its sign. */
function Mark({ tab }: { readonly tab: GraphName }) {
  const type = useStudio(({ analysis }) => analysis.networks.get(titleOf(tab))?.outputs[0]?.type?.type ?? null);
  const section = sectionOf(tab);
  if (section === "blocks") return <Boxes size={12} aria-hidden className={styles.block} />;
  return section && <i className={styles.dot} style={{ background: colourOf(type) }} />;
}

const colourOf = (type: PortType["type"] | null): string =>
  type === null ? "var(--line-strong)" : type === "embedded" ? "var(--tokens)" : `var(--${type})`;

/** After the tabs have been drawn anew. */
function focusTab(list: HTMLElement | null, tab: GraphName): void {
  requestAnimationFrame(() => list?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(tab)}"]`)?.focus());
}

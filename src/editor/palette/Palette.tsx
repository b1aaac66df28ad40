/** The palette: everything that can be added to the graph that is shown, by shelf. Click, or drag onto the canvas. */
import { Plus, Search } from "lucide-react";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { vocabulary } from "../../kinds/index.ts";
import { addChoice } from "../canvas/adding.ts";
import { byShelf, choicesFor, search, type Choice } from "../canvas/choices.ts";
import { colourOf, PortGlyph } from "../canvas/Glyph.tsx";
import { addNetwork } from "../canvas/graphs.ts";
import { carry } from "../canvas/parcel.ts";
import { useParts, useStudio } from "../model/context.ts";
import styles from "./Palette.module.css";

export function Palette() {
  const parts = useParts();
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const tab = useStudio((state) => state.tab);
  const [words, setWords] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const choices = useMemo(() => choicesFor(document, tab, vocabulary, analysis), [document, tab, analysis]);
  const shelves = byShelf(search(choices, words));
  const isTraining = tab === "training";
  const shown =
    isTraining && words === "" && !shelves.some(([shelf]) => shelf === networks)
      ? [...shelves, [networks, []] as const]
      : shelves;

  const add = (choice: Choice) => {
    const { nodes } = parts.studio.store.getState().selection;
    const after = nodes.size === 1 ? [...nodes][0] : null;
    addChoice(parts, choice, { place: null, end: null, after });
  };
  /** Up and down go through the items; Enter in the field takes the first. */
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const items = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = items.findIndex((item) => item === event.target);
    items[Math.max(0, Math.min(items.length - 1, at + step))]?.focus();
    event.preventDefault();
  };
  return (
    <div className={styles.palette} onKeyDown={walk}>
      <label className={styles.search}>
        <Search size={14} aria-hidden="true" />
        <input
          type="search"
          data-search="nodes"
          aria-label={`Search ${choices.length} nodes`}
          placeholder={`Search ${choices.length} nodes`}
          autoComplete="off"
          spellCheck={false}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            const [first] = shelves.flatMap(([, members]) => members);
            if (event.key === "Enter" && words !== "" && first) add(first);
            if (event.key === "Escape") setWords("");
          }}
        />
        <kbd>/</kbd>
      </label>
      <div ref={list} className={styles.shelves}>
        {shown.map(([shelf, members]) => (
          <section key={shelf} aria-label={shelf}>
            <h2 className={styles.shelf}>{shelf}</h2>
            <ul>
              {members.map((choice) => (
                <Item key={choice.key} choice={choice} add={() => add(choice)} />
              ))}
              {shelf === networks && words === "" && (
                <li>
                  <button type="button" className={`${styles.item} ${styles.fresh}`} onClick={() => addNetwork(parts)}>
                    <Plus size={14} aria-hidden="true" />
                    <span className={styles.title}>New network</span>
                  </button>
                </li>
              )}
            </ul>
          </section>
        ))}
        {shown.length === 0 && <p className={styles.none}>Nothing is called “{words}”.</p>}
      </div>
    </div>
  );
}

const networks = "Networks";

function Item({ choice, add }: { readonly choice: Choice; add(): void }) {
  return (
    <li>
      <button
        type="button"
        className={styles.item}
        title={choice.summary}
        draggable
        onDragStart={(event) => carry(event.dataTransfer, choice)}
        onClick={add}
      >
        <span className={styles.glyph} style={{ color: colourOf(choice.flows) }}>
          <PortGlyph kind={choice.flows} hollow />
        </span>
        <span className={styles.title}>{choice.title}</span>
        <span className={styles.summary}>{choice.summary}</span>
      </button>
    </li>
  );
}

/** What an empty graph says: how to begin, with the likely first nodes as buttons. */
import { vocabulary } from "../../kinds/index.ts";
import { useParts, useStudio } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { addChoice } from "./adding.ts";
import { choicesFor, type Choice } from "./choices.ts";
import styles from "./Canvas.module.css";

export function EmptyState() {
  const parts = useParts();
  const document = useStudio((state) => state.document);
  const tab = useStudio((state) => state.tab);
  const choices = choicesFor(document, tab, vocabulary);
  const [first, ...others] = firstChoices(choices, tab === "training");
  const add = (choice: Choice) => {
    const added = addChoice(parts, choice, { place: null, end: null, after: null });
    parts.view.commands?.focus(added);
  };
  return (
    <div className={styles.empty}>
      <p>
        Double-click, or drop a {tab === "training" ? "node" : "layer"} here.
        {first && ` Start with ${first.title}.`}
      </p>
      <div>
        {[first, ...others].map(
          (choice) =>
            choice && (
              <Button key={choice.key} onClick={() => add(choice)} title={choice.summary}>
                {choice.title}
              </Button>
            ),
        )}
      </div>
    </div>
  );
}

/** A network begins with its input; training with what is drawn, and with the networks that there are. */
function firstChoices(choices: readonly Choice[], training: boolean): Choice[] {
  const kinds = vocabulary[training ? "training" : "network"];
  const roleOf = (choice: Choice) => kinds.get(choice.declaration.kind)?.role;
  if (training)
    return [...choices.filter((c) => roleOf(c) === "source"), ...choices.filter((c) => roleOf(c) === "call")].slice(
      0,
      5,
    );
  const inputs = choices.filter((choice) => roleOf(choice) === "input");
  const layers = choices.filter((choice) => roleOf(choice) === "layer");
  const shelves = [...new Set(layers.map(({ shelf }) => shelf))];
  return [
    ...inputs,
    ...shelves.slice(0, 2).flatMap((shelf) => layers.filter((layer) => layer.shelf === shelf).slice(0, 1)),
  ];
}

/** The document's name, renamed in place, and whether it is saved. */
import { Check, CircleAlert, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { useKeeping, useParts, useStudio } from "../model/context.ts";
import { Tooltip } from "../ui/Tooltip.tsx";
import { NameField } from "./NameField.tsx";
import styles from "./DocumentName.module.css";

export function DocumentName() {
  const { studio } = useParts();
  const name = useStudio((state) => state.document.name);
  const [renaming, setRenaming] = useState(false);
  if (renaming)
    return (
      <NameField
        name={name}
        label="Name of the document"
        judge={(text) => (text === "" ? "A document needs a name." : null)}
        onDone={(text) => {
          setRenaming(false);
          if (text) studio.edit("Rename document", [{ do: "rename-document", name: text }]);
        }}
      />
    );
  return (
    <h1 className={styles.heading}>
      <Tooltip text="Rename">
        <button type="button" className={styles.name} aria-label={`${name}: rename`} onClick={() => setRenaming(true)}>
          {name || "Untitled"}
        </button>
      </Tooltip>
    </h1>
  );
}

const states = {
  saved: { word: "Saved", Icon: Check },
  unsaved: { word: "Saving…", Icon: LoaderCircle },
  failed: { word: "Not saved", Icon: CircleAlert },
};

export function SavedState() {
  const saving = useKeeping((state) => (state.elsewhere ? "failed" : state.saving));
  const { word, Icon } = states[saving];
  return (
    <span className={styles.saved} data-saving={saving} title={word}>
      <Icon size={14} aria-hidden className={styles.mark} />
      <span className={styles.word}>{word}</span>
    </span>
  );
}

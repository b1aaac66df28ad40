/** The bar above everything: what is open, which of its graphs is shown, and the one main button. */
import { Redo2, Undo2 } from "lucide-react";
import { useParts, useStudio, useWorkbench } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Tooltip } from "../ui/Tooltip.tsx";
import { BackendChip } from "./BackendChip.tsx";
import { runCommand } from "./commands.ts";
import { DocumentName, SavedState } from "./DocumentName.tsx";
import { Logo } from "./Logo.tsx";
import { MainMenu } from "./MainMenu.tsx";
import { Problems } from "./Problems.tsx";
import { Tabs } from "./Tabs.tsx";
import { TrainButton } from "./TrainButton.tsx";
import { phone, useMedia } from "./useMedia.ts";
import { useKeyText } from "./useKeyboard.ts";
import styles from "./TopBar.module.css";

export function TopBar() {
  const parts = useParts();
  const onPhone = useMedia(phone);
  const exportKeys = useKeyText("export");
  return (
    <header className={styles.bar}>
      <div className={styles.start}>
        <MainMenu />
        <Tooltip text="Start page">
          <button
            type="button"
            className={styles.brand}
            aria-label="GANvas: start page"
            onClick={() => runCommand("start", parts)}
          >
            <Logo />
            <span className={styles.wordmark}>GANvas</span>
          </button>
        </Tooltip>
        <span className={styles.slash} aria-hidden>
          /
        </span>
        <DocumentName />
        {!onPhone && <SavedState />}
        {!onPhone && <UndoButtons />}
      </div>
      {!onPhone && <Tabs />}
      <div className={styles.end}>
        {!onPhone && (
          <>
            <Problems />
            <BackendChip />
            <Tooltip text="Export" keys={exportKeys}>
              <Button onClick={() => parts.workbench.set({ sheet: "export" })}>Export</Button>
            </Tooltip>
          </>
        )}
        <TrainButton />
      </div>
    </header>
  );
}

function UndoButtons() {
  const { studio } = useParts();
  const undone = useStudio((state) => state.past.at(-1)?.label);
  const redone = useStudio((state) => state.future[0]?.label);
  const sheet = useWorkbench((state) => state.sheet);
  return (
    <div className={styles.undo}>
      <IconButton
        label="Undo"
        tip={undone ? `Undo: ${undone}` : "Nothing to undo"}
        keys={useKeyText("undo")}
        disabled={!undone || sheet !== null}
        onClick={() => studio.undo()}
      >
        <Undo2 size={16} />
      </IconButton>
      <IconButton
        label="Redo"
        tip={redone ? `Redo: ${redone}` : "Nothing to redo"}
        keys={useKeyText("redo")}
        disabled={!redone || sheet !== null}
        onClick={() => studio.redo()}
      >
        <Redo2 size={16} />
      </IconButton>
    </div>
  );
}

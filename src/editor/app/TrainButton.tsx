/** The one main button: starts, pauses, goes on. */
import { LoaderCircle, Pause, Play } from "lucide-react";
import { useParts, useTraining } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { Tooltip } from "../ui/Tooltip.tsx";
import { useKeyText } from "./useKeyboard.ts";
import styles from "./TrainButton.module.css";

export function TrainButton() {
  const { training } = useParts();
  const status = useTraining((state) => state.now.status);
  const begun = useTraining((state) => state.iteration > 0);
  const keys = useKeyText("train");
  const runs = status === "training";
  const preparing = status === "preparing";
  const tip = runs ? "Pause after this iteration" : begun ? "Go on training" : "Train from the start";
  return (
    <Tooltip text={preparing ? "Stop preparing" : tip} keys={keys}>
      <Button
        variant="primary"
        className={styles.train}
        onClick={() => void training.toggle()}
        icon={
          runs ? (
            <Pause size={14} fill="currentColor" />
          ) : preparing ? (
            <LoaderCircle size={14} className={styles.turning} />
          ) : (
            <Play size={14} fill="currentColor" />
          )
        }
      >
        {runs || preparing ? "Pause" : "Train"}
        {keys && (
          <kbd className={styles.keys} aria-hidden>
            {keys}
          </kbd>
        )}
      </Button>
    </Tooltip>
  );
}

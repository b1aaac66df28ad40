/** The dock before the first iteration: says what will be here. */
import { Activity, ChartLine, Images, Play } from "lucide-react";
import { useParts, useTraining } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import styles from "./Dock.module.css";

export function Empty() {
  const { training } = useParts();
  const status = useTraining((state) => state.now.status);
  return (
    <div className={styles.empty}>
      <ul>
        <li>
          <ChartLine size={16} aria-hidden="true" />
          <span>
            <strong>Losses</strong> of each network, as they go
          </span>
        </li>
        <li>
          <Images size={16} aria-hidden="true" />
          <span>
            <strong>Samples</strong> of the same latents, through time
          </span>
        </li>
        <li>
          <Activity size={16} aria-hidden="true" />
          <span>
            <strong>Health</strong>: gradients, and whether samples stay varied
          </span>
        </li>
      </ul>
      <Button
        variant="plain"
        icon={<Play size={14} />}
        disabled={status === "preparing"}
        onClick={() => void training.train()}
      >
        Start the run
      </Button>
    </div>
  );
}

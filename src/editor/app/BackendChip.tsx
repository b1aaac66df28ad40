/** What training runs on, and the choice of it. */
import type { BackendChoice } from "../../runtime/backend.ts";
import { useParts, useTraining, useWorkbench } from "../model/context.ts";
import { Menu, MenuChoice } from "../ui/Menu.tsx";
import styles from "./BackendChip.module.css";

const choices: readonly { readonly value: BackendChoice; readonly title: string; readonly note?: string }[] = [
  { value: "auto", title: "Automatic", note: "WebGPU where there is a real GPU, else WebAssembly" },
  { value: "webgpu", title: "WebGPU", note: "The graphics card" },
  { value: "wasm", title: "WebAssembly", note: "The processor, one thread" },
];

export function BackendChip() {
  const { workbench, training } = useParts();
  const device = useTraining((state) => state.device);
  const failed = useTraining((state) => state.now.status === "failed" && state.now.diagnostics.length === 0);
  const backend = useWorkbench((state) => state.backend);
  const chosen = choices.find(({ value }) => value === backend)!.title;
  const [name, ...more] = (device ?? chosen).split(/, | on /);
  async function choose(value: BackendChoice): Promise<void> {
    if (value === workbench.store.getState().backend) return;
    workbench.set({ backend: value });
    if (!training.store.getState().open) return;
    await training.stop();
    workbench.say("The next training runs on the backend that you chose, from where this one was saved.");
  }
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          className={styles.chip}
          title={device ?? undefined}
          aria-label={`Runs on ${device ?? chosen}`}
        >
          <i className={styles.dot} data-state={failed ? "bad" : device ? "good" : "idle"} />
          <span>{name}</span>
          {more.length > 0 && <span className={styles.more}> · {more[0]}</span>}
        </button>
      }
    >
      <MenuChoice title="Train with" value={backend} options={choices} onChange={(value) => void choose(value)} />
    </Menu>
  );
}

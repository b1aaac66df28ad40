/** Makes the studio's parts and ties them to each other. */
import { emptyDocument } from "../../core/document/types.ts";
import { openStorage } from "../../storage/storage.ts";
import { createCanvasView } from "../canvas/view.ts";
import { createKeeping } from "../keeping/create.ts";
import { createOwnData } from "../keeping/own-data.ts";
import type { Parts } from "../model/context.ts";
import { createStudio } from "../model/studio.ts";
import { createWorkbench } from "../model/workbench.ts";
import { createTrainingClient } from "../training/client.ts";
import { createTraining } from "../training/create.ts";
import { keepSettings, keptSettings } from "./settings.ts";

const spawn = () => new Worker(new URL("../../worker/main.ts", import.meta.url), { type: "module" });

export async function assemble(): Promise<Parts> {
  const storage = await openStorage();
  const ownData = createOwnData(storage);
  const studio = createStudio(emptyDocument(), ownData.lookup);
  const workbench = createWorkbench(await keptSettings(storage.settings));
  keepSettings(workbench, storage.settings);
  const client = createTrainingClient(spawn);
  const opened = () => training.recall();
  const keeping = createKeeping({ studio, workbench, storage, client, ownData, opened });
  const training = createTraining({
    ...{ client, studio, workbench },
    runId: () => keeping.store.getState().id ?? "",
    async kept(run) {
      const [latest] = await storage.runs.slots(run);
      return latest ?? null;
    },
  });
  return { studio, workbench, view: createCanvasView(), training, keeping, client };
}

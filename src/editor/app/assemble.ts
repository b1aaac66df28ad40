/** Makes the studio's parts and ties them to each other. */
import { emptyDocument } from "../../core/document/types.ts";
import { parse } from "../../core/document/parse.ts";
import { builtInFacts } from "../../datasets/catalogue.ts";
import { createCanvasView } from "../canvas/view.ts";
import type { Keeping } from "../keeping/keeping.ts";
import type { Parts } from "../model/context.ts";
import { createStudio } from "../model/studio.ts";
import { createWorkbench } from "../model/workbench.ts";
import type { Training } from "../training/training.ts";

export async function assemble(): Promise<Parts> {
  const studio = createStudio(emptyDocument(), builtInFacts);
  const template = (await import("../../../templates/dcgan-mnist.gan.json?raw")).default;
  const parsed = parse(template);
  if ("document" in parsed && parsed.document) studio.open(parsed.document);
  return {
    studio,
    workbench: createWorkbench(),
    view: createCanvasView(),
    training: null as unknown as Training,
    keeping: null as unknown as Keeping,
  };
}

/** The sheet that is open. Loaded when the first one is. */
import { lazy, Suspense } from "react";
import { useParts } from "../model/context.ts";
import type { Sheet } from "../model/workbench.ts";
import { AboutSheet } from "./AboutSheet.tsx";
import { DataSheet } from "./DataSheet.tsx";
import { HistorySheet } from "./HistorySheet.tsx";
import { KeysSheet } from "./KeysSheet.tsx";
import { WeightsSheet } from "./WeightsSheet.tsx";

/** Draws figures and knows files: loaded when it is wanted. */
const ExportSheet = lazy(() => import("../export/ExportSheet.tsx"));

export default function Sheets({ sheet }: { readonly sheet: Sheet }) {
  const { workbench } = useParts();
  const close = () => workbench.set({ sheet: null });
  switch (sheet) {
    case "export":
      return (
        <Suspense>
          <ExportSheet onClose={close} />
        </Suspense>
      );
    case "keys":
      return <KeysSheet onClose={close} />;
    case "history":
      return <HistorySheet onClose={close} />;
    case "data":
      return <DataSheet onClose={close} />;
    case "weights":
      return <WeightsSheet />;
    case "about":
      return <AboutSheet onClose={close} />;
  }
}

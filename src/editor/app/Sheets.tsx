/** The sheet that is open. Loaded when the first one is. */
import { useParts } from "../model/context.ts";
import type { Sheet } from "../model/workbench.ts";
import { AboutSheet } from "./AboutSheet.tsx";
import { DataSheet } from "./DataSheet.tsx";
import { HistorySheet } from "./HistorySheet.tsx";
import { KeysSheet } from "./KeysSheet.tsx";

export default function Sheets({ sheet }: { readonly sheet: Sheet }) {
  const { workbench } = useParts();
  const close = () => workbench.set({ sheet: null });
  switch (sheet) {
    case "export":
      return null;
    case "keys":
      return <KeysSheet onClose={close} />;
    case "history":
      return <HistorySheet onClose={close} />;
    case "data":
      return <DataSheet onClose={close} />;
    case "about":
      return <AboutSheet onClose={close} />;
  }
}

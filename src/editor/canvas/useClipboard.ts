/** The browser's own copy, cut and paste, while nothing else on the page wants them. */
import { useEffect, type RefObject } from "react";
import { useParts } from "../model/context.ts";
import { copyText, deleteSelection, pasteText } from "./actions.ts";

export function useClipboard(frame: RefObject<HTMLDivElement | null>): void {
  const parts = useParts();
  useEffect(() => {
    const take = (event: ClipboardEvent) => {
      if (isElsewhere(frame.current)) return;
      const text = copyText(parts);
      if (text === null || !event.clipboardData) return;
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      if (event.type === "cut") deleteSelection(parts);
    };
    const put = (event: ClipboardEvent) => {
      if (isElsewhere(frame.current) || !event.clipboardData) return;
      if (pasteText(parts, event.clipboardData.getData("text/plain"))) event.preventDefault();
    };
    document.addEventListener("copy", take);
    document.addEventListener("cut", take);
    document.addEventListener("paste", put);
    return () => {
      document.removeEventListener("copy", take);
      document.removeEventListener("cut", take);
      document.removeEventListener("paste", put);
    };
  }, [parts, frame]);
}

/** True where the person is in a field, in a dialog, or has chosen some text. */
function isElsewhere(canvas: HTMLElement | null): boolean {
  const focused = document.activeElement;
  if (focused?.closest("input, textarea, select, [contenteditable=true], dialog, [role=dialog]")) return true;
  const chosen = getSelection();
  return !!chosen && !chosen.isCollapsed && !canvas?.contains(chosen.anchorNode);
}

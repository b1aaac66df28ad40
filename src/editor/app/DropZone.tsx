/** Takes files that are dropped anywhere on the page. */
import { FileDown } from "lucide-react";
import { useEffect, useState } from "react";
import { useParts } from "../model/context.ts";
import { droppedFiles } from "../keeping/dropped.ts";
import styles from "./DropZone.module.css";

export function DropZone() {
  const { keeping } = useParts();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const drag = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then(({ files, paths }) => keeping.openFiles(files, paths));
    };
    window.addEventListener("dragenter", drag);
    window.addEventListener("dragover", drag);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", drag);
      window.removeEventListener("dragover", drag);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, [keeping]);
  if (!over) return null;
  return (
    <div className={styles.overlay}>
      <div className={styles.words}>
        <FileDown size={24} aria-hidden />
        <p className={styles.title}>Drop to open</p>
        <p>A document, figure, ONNX file or weights; pictures, .zip or .npy become a data set.</p>
      </div>
    </div>
  );
}

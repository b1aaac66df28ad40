/** Takes files that are dropped anywhere on the page; on a node that names data, they become its data. */
import { FileDown } from "lucide-react";
import { useEffect, useState } from "react";
import { useParts } from "../model/context.ts";
import { droppedFiles } from "../keeping/dropped.ts";
import styles from "./DropZone.module.css";

export function DropZone() {
  const { keeping } = useParts();
  const [over, setOver] = useState(false);
  const [onto, setOnto] = useState<string | null>(null);
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    /** The node below the pointer, where it takes data. */
    const nodeUnder = ({ target }: DragEvent) => {
      const id = target instanceof Element ? target.closest<HTMLElement>(".react-flow__node")?.dataset.id : undefined;
      return id !== undefined && keeping.takesData(id) ? id : null;
    };
    const drag = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setOver(true);
      setOnto(nodeUnder(event));
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setOver(false);
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!holdsFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      const node = nodeUnder(event);
      void droppedFiles(event.dataTransfer).then(({ files, paths }) => keeping.openFiles(files, paths, node));
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
        <p className={styles.title}>{onto === null ? "Drop to open" : `Drop: ${onto} draws from it`}</p>
        <p>
          {onto === null
            ? "A document, figure, ONNX file or weights; pictures, .zip or .npy become a data set."
            : "A folder or .zip of pictures, .npy or IDX."}
        </p>
      </div>
    </div>
  );
}

/** Zoom, the whole graph, and order in it. */
import { Maximize, Minus, Plus } from "lucide-react";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import styles from "./Canvas.module.css";
import type { CanvasCommands } from "./view.ts";

export const Controls = ({ commands }: { readonly commands: CanvasCommands }) => (
  <div className={styles.controls} role="group" aria-label="View">
    <IconButton label="Zoom in" variant="plain" onClick={() => commands.zoom(1.25)}>
      <Plus size={15} />
    </IconButton>
    <IconButton label="Zoom out" variant="plain" onClick={() => commands.zoom(0.8)}>
      <Minus size={15} />
    </IconButton>
    <IconButton label="Show all" keys="1" variant="plain" onClick={() => commands.fit()}>
      <Maximize size={14} />
    </IconButton>
    <Button onClick={() => void commands.tidy()}>Tidy</Button>
  </div>
);

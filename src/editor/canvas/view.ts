/** What the rest of the studio may ask of the canvas: commands of the keyboard and of the lists reach it through this. */
export interface CanvasCommands {
  /** Shows the whole graph. */
  fit(): void;
  /** Shows what is selected. */
  frame(): void;
  zoom(factor: number): void;
  tidy(): Promise<void>;
  /** Opens the search for nodes at the pointer, or in the middle. */
  search(): void;
  /** Centre of what is visible, in the graph's coordinates: where things without a place go. */
  middle(): { readonly x: number; readonly y: number };
  /** Where the pointer last was in the graph's coordinates; the middle where it is not over the canvas. */
  pointer(): { readonly x: number; readonly y: number };
  /** Puts the keyboard's focus on a node. */
  focus(node: string): void;
  /** Lets a note's text be written. */
  write(note: string): void;
  /** Opens the list of ports that a node's output may be wired to. */
  connect(node: string): void;
}

/** Stands for the canvas that is mounted, if any. */
export interface CanvasView {
  readonly commands: CanvasCommands | null;
  mount(commands: CanvasCommands): () => void;
}

export function createCanvasView(): CanvasView {
  let mounted: CanvasCommands | null = null;
  return {
    get commands() {
      return mounted;
    },
    mount(commands) {
      mounted = commands;
      return () => {
        if (mounted === commands) mounted = null;
      };
    },
  };
}

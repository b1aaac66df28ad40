/** Who has a document open: the tabs of one browser tell each other, so that none overwrites another's work unseen. */

export interface Presence {
  /** Says which document this tab works on, and tells later whether another tab has it. Null: none. */
  enter(id: string | null): void;
  /** Takes the document over: the other tabs are told to let go. */
  take(id: string): void;
  dispose(): void;
}

interface Told {
  readonly kind: "asks" | "has" | "takes";
  readonly id: string;
}

export interface PresenceEvents {
  /** Another tab had the document first. */
  occupied(): void;
  /** Another tab took it over. */
  taken(): void;
}

export function createPresence({ occupied, taken }: PresenceEvents): Presence {
  if (typeof BroadcastChannel === "undefined") return { enter: () => {}, take: () => {}, dispose: () => {} };
  const channel = new BroadcastChannel("ganvas/documents");
  let mine: string | null = null;
  let holding = false;
  const tell = (told: Told) => channel.postMessage(told);
  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (data.id !== mine) return;
    if (data.kind === "asks" && holding) tell({ kind: "has", id: mine });
    else if (data.kind === "has") {
      holding = false;
      occupied();
    } else if (data.kind === "takes") {
      holding = false;
      taken();
    }
  };
  return {
    enter(id) {
      mine = id;
      holding = id !== null;
      if (id) tell({ kind: "asks", id });
    },
    take(id) {
      mine = id;
      holding = true;
      tell({ kind: "takes", id });
    },
    dispose: () => channel.close(),
  };
}

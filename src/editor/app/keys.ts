/**
 * Keys as text, "Ctrl+Shift+Z", and which of them an event presses. Ctrl stands for ⌘ on a Mac. Letters and signs count as
 * the layout writes them, so "Ctrl+Z" is where the person's keyboard has its Z; where a layout writes no Latin letter, the
 * place of the key counts.
 */

/** What of a KeyboardEvent is looked at. */
export interface Press {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  /** True where AltGr wrote the sign: its Ctrl and Alt were not meant. */
  readonly altGraph?: boolean;
}

/** The strokes that a press may mean, the likeliest first. Empty for a modifier alone. */
export function strokesOf(press: Press, mac: boolean): readonly string[] {
  const { key, code, altGraph } = press;
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified"].includes(key))
    return [];
  const ctrl = !altGraph && (mac ? press.metaKey : press.ctrlKey);
  const other = mac ? press.ctrlKey : press.metaKey;
  if (other) return [];
  const alt = !altGraph && press.altKey;
  const written = (name: string, shift: boolean) =>
    `${ctrl ? "Ctrl+" : ""}${alt ? "Alt+" : ""}${shift ? "Shift+" : ""}${name}`;
  const place = /^(?:Key([A-Z])|Digit(\d))$/.exec(code);
  const byPlace = place ? [written(place[1] ?? place[2], press.shiftKey)] : [];
  if (key === " ") return [written("Space", press.shiftKey)];
  if (key.length > 1) return [written(key, press.shiftKey)];
  if (/^[a-z0-9]$/i.test(key)) return [written(key.toUpperCase(), press.shiftKey)];
  // a sign holds its Shift already; the same key without the layout's signs may be a digit
  return [written(key, false), ...byPlace];
}

/** "⌘⇧Z" on a Mac, "Ctrl+Shift+Z" elsewhere. */
export function printStroke(stroke: string, mac: boolean): string {
  const parts = partsOf(stroke).map((part) => (mac ? (macSigns[part] ?? part) : (plainNames[part] ?? part)));
  return mac ? parts.join("") : parts.join("+");
}

/** "+" itself may be the last part. */
const partsOf = (stroke: string): string[] =>
  stroke.endsWith("+") ? [...stroke.slice(0, -1).split("+").filter(Boolean), "+"] : stroke.split("+");

const plainNames: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Enter: "↵",
};
const macSigns: Readonly<Record<string, string>> = {
  ...plainNames,
  Ctrl: "⌘",
  Alt: "⌥",
  Shift: "⇧",
  Backspace: "⌫",
  Delete: "⌦",
};

/** Strokes that a person cannot give to a command: they belong to the page's focus and gestures. */
export const reserved: ReadonlySet<string> = new Set(["Tab", "Shift+Tab", "Escape"]);

export interface Bound {
  readonly id: string;
  readonly keys: readonly string[];
}
export type Bindings = Readonly<Record<string, readonly string[]>>;

/** The keys of a command as the person set them, else its own. */
export const keysOf = (command: Bound, bindings: Bindings): readonly string[] =>
  Object.hasOwn(bindings, command.id) ? bindings[command.id] : command.keys;

/** The command that other than `id` has this stroke, if any has. */
export const holderOf = <C extends Bound>(
  commands: readonly C[],
  bindings: Bindings,
  stroke: string,
  id: string,
): C | null => commands.find((each) => each.id !== id && keysOf(each, bindings).includes(stroke)) ?? null;

/** Bindings in which `id` alone has this stroke, in place of all that it had. */
export function rebind(commands: readonly Bound[], bindings: Bindings, id: string, stroke: string): Bindings {
  const holder = holderOf(commands, bindings, stroke, id);
  const left = holder ? { [holder.id]: keysOf(holder, bindings).filter((key) => key !== stroke) } : {};
  return tidied(commands, { ...bindings, ...left, [id]: [stroke] });
}

/** Only what differs from the commands' own keys. */
export function tidied(commands: readonly Bound[], bindings: Bindings): Bindings {
  const own = new Map(commands.map(({ id, keys }) => [id, keys.join(" ")]));
  return Object.fromEntries(Object.entries(bindings).filter(([id, keys]) => own.get(id) !== keys.join(" ")));
}

/** The commands that a press means, the likeliest first. */
export function matching<C extends Bound>(
  commands: readonly C[],
  bindings: Bindings,
  press: Press,
  mac: boolean,
): readonly C[] {
  return strokesOf(press, mac).flatMap((stroke) =>
    commands.filter((command) => keysOf(command, bindings).includes(stroke)),
  );
}

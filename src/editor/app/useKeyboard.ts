/** Listens to the keyboard for commands, and says a command's keys. */
import { useEffect } from "react";
import { useParts, useWorkbench } from "../model/context.ts";
import { commandOf, commands } from "./commands.ts";
import { keysOf, matching, printStroke } from "./keys.ts";
import { onMac } from "./platform.ts";

/** Stands once in the page. */
export function useKeyboard(): void {
  const parts = useParts();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest("[data-captures-keys]")) return;
      const { bindings } = parts.workbench.store.getState();
      const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
      const altGraph = event.getModifierState("AltGraph");
      const meant = matching(commands, bindings, { key, code, ctrlKey, metaKey, altKey, shiftKey, altGraph }, onMac);
      const typing = isField(target);
      const command = meant.find((each) => (!typing || each.typing) && (each.when?.(parts) ?? true));
      const own = meant.some((each) => each.typing); // the browser's own Ctrl+S and Ctrl+O never
      if (command ? !mayGoOn(event, target) : !own) return;
      if (command?.clipboard && (ctrlKey || metaKey) && /^[cvx]$/i.test(key)) return; // comes as an event of its own
      event.preventDefault();
      if (command && !(event.repeat && oncePressed.has(command.id))) void command.run(parts);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [parts]);
}

/** A held key gives these once. */
const oncePressed: ReadonlySet<string> = new Set(["train", "save", "open", "keys", "group", "enter"]);

/** "Ctrl+Z" as this system writes it; undefined where the command has no keys. */
export function useKeyText(id: string): string | undefined {
  const bindings = useWorkbench((state) => state.bindings);
  const [first] = keysOf(commandOf(id), bindings);
  return first === undefined ? undefined : printStroke(first, onMac);
}

const isField = (target: Element | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button", "color"].includes(target.type)));

/** Whether the element under the keyboard leaves this key to the page: Enter presses a button, and copying takes text. */
function mayGoOn(event: KeyboardEvent, target: Element | null): boolean {
  if (target?.closest("[role=menu], [role=listbox]")) return false;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && (event.key === "Enter" || event.key === " ") && target?.closest("button, a[href], summary, [role=tab]"))
    return false;
  const arrow = plain && event.key.startsWith("Arrow");
  if (arrow && target && target !== document.body && !target.closest("[data-canvas]")) return false;
  const text = (event.ctrlKey || event.metaKey) && /^[cx]$/i.test(event.key);
  return !(text && (getSelection()?.toString() ?? "") !== "");
}

/** All keys, by group: searched, and given anew by pressing them. */
import { RotateCcw } from "lucide-react";
import { Fragment, useState } from "react";
import { useParts, useWorkbench } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { commands, groups, type Command } from "./commands.ts";
import { holderOf, keysOf, printStroke, rebind, reserved, strokesOf, tidied } from "./keys.ts";
import { onMac } from "./platform.ts";
import styles from "./KeysSheet.module.css";

export function KeysSheet({ onClose }: { onClose(): void }) {
  const { workbench } = useParts();
  const bindings = useWorkbench((state) => state.bindings);
  const [sought, setSought] = useState("");
  const words = sought.toLowerCase().trim();
  const found = commands.filter((command) => {
    const keys = keysOf(command, bindings).map((stroke) => printStroke(stroke, onMac));
    return [command.title, command.group, ...keys].join(" ").toLowerCase().includes(words);
  });
  const changed = Object.keys(bindings).length > 0;
  return (
    <Sheet
      title="Keyboard"
      lead="Choose a key to give the command another one. Tab always moves the focus; Esc cancels what is under way."
      onClose={onClose}
      footer={
        <Button disabled={!changed} onClick={() => workbench.set({ bindings: {} })}>
          Set all back
        </Button>
      }
    >
      <input
        type="search"
        data-first-focus
        className={styles.search}
        placeholder="Search commands and keys"
        aria-label="Search commands and keys"
        value={sought}
        onChange={(event) => setSought(event.currentTarget.value)}
      />
      {found.length === 0 && <p className={styles.none}>No command is called so.</p>}
      <div className={styles.groups}>
        {groups
          .map((group) => ({ group, members: found.filter((command) => command.group === group) }))
          .filter(({ members }) => members.length > 0)
          .map(({ group, members }) => (
            <section key={group} aria-label={group}>
              <h3 className={styles.group}>{group}</h3>
              <ul>
                {members.map((command) => (
                  <KeyRow key={command.id} command={command} />
                ))}
              </ul>
            </section>
          ))}
      </div>
    </Sheet>
  );
}

function KeyRow({ command }: { readonly command: Command }) {
  const { workbench } = useParts();
  const bindings = useWorkbench((state) => state.bindings);
  const [listening, setListening] = useState(false);
  const [wanted, setWanted] = useState<{ readonly stroke: string; readonly holder: Command } | null>(null);
  const keys = keysOf(command, bindings);
  const own = Object.hasOwn(bindings, command.id);
  const give = (stroke: string) => {
    workbench.set({ bindings: rebind(commands, bindings, command.id, stroke) });
    setWanted(null);
  };
  function press(event: React.KeyboardEvent): void {
    if (!listening) return;
    const { key, code, ctrlKey, metaKey, altKey, shiftKey } = event;
    const [stroke] = strokesOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }, onMac);
    if (stroke === undefined) return;
    setListening(false);
    if (stroke === "Tab" || stroke === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (reserved.has(stroke)) return; // Esc gives up
    const holder = holderOf(commands, bindings, stroke, command.id);
    if (holder) setWanted({ stroke, holder });
    else give(stroke);
  }
  return (
    <li className={styles.row}>
      <span className={styles.title}>{command.title}</span>
      {own && (
        <IconButton
          label={`Set the keys of ${command.title} back`}
          size="small"
          onClick={() => {
            const { [command.id]: _, ...others } = bindings;
            workbench.set({ bindings: tidied(commands, others) });
          }}
        >
          <RotateCcw size={12} />
        </IconButton>
      )}
      <button
        type="button"
        className={styles.keys}
        data-captures-keys
        data-listening={listening || undefined}
        aria-label={`Keys of ${command.title}: ${keys.map((stroke) => printStroke(stroke, onMac)).join(" ") || "none"}. Change`}
        onClick={() => setListening(true)}
        onBlur={() => setListening(false)}
        onKeyDown={press}
      >
        {listening ? (
          "Press keys…"
        ) : keys.length === 0 ? (
          <span className={styles.noKeys}>none</span>
        ) : (
          // the space between two is not seen, but part of what the button is called
          keys.map((stroke, index) => (
            <Fragment key={stroke}>
              {index > 0 && " "}
              <kbd>{printStroke(stroke, onMac)}</kbd>
            </Fragment>
          ))
        )}
      </button>
      {wanted && (
        <p className={styles.conflict} role="alert">
          <kbd>{printStroke(wanted.stroke, onMac)}</kbd> is {wanted.holder.title}.
          <Button size="small" onClick={() => give(wanted.stroke)}>
            Use it here instead
          </Button>
          <Button size="small" variant="quiet" onClick={() => setWanted(null)}>
            Leave it
          </Button>
        </p>
      )}
    </li>
  );
}

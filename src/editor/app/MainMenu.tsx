/** ☰: what is done with documents as a whole, and with the studio. */
import {
  Database,
  FilePlus2,
  FolderOpen,
  History,
  House,
  Info,
  Keyboard,
  Link,
  Menu as Bars,
  Save,
} from "lucide-react";
import { useKeeping, useParts, useWorkbench } from "../model/context.ts";
import type { Theme } from "../model/workbench.ts";
import { IconButton } from "../ui/IconButton.tsx";
import { Menu, MenuChoice, MenuDivider, MenuItem } from "../ui/Menu.tsx";
import { runCommand } from "./commands.ts";
import { useKeyText } from "./useKeyboard.ts";

const themes: readonly { readonly value: Theme; readonly title: string }[] = [
  { value: "system", title: "As the system" },
  { value: "light", title: "Light" },
  { value: "dark", title: "Dark" },
];

export function MainMenu() {
  const parts = useParts();
  const { workbench, keeping } = parts;
  const theme = useWorkbench((state) => state.theme);
  const open = useKeeping((state) => state.id !== null);
  const give = (id: string) => () => runCommand(id, parts);
  const keys = { open: useKeyText("open"), save: useKeyText("save"), keys: useKeyText("keys") };
  return (
    <Menu
      trigger={
        <IconButton label="Menu">
          <Bars size={16} />
        </IconButton>
      }
    >
      <MenuItem icon={<FilePlus2 size={16} />} onSelect={() => void keeping.openEmpty()}>
        New
      </MenuItem>
      <MenuItem icon={<FolderOpen size={16} />} keys={keys.open} onSelect={give("open")}>
        Open…
      </MenuItem>
      {open && (
        <>
          <MenuItem icon={<House size={16} />} onSelect={give("start")}>
            Start page
          </MenuItem>
          <MenuDivider />
          <MenuItem icon={<Save size={16} />} keys={keys.save} onSelect={give("save")}>
            Save as a file
          </MenuItem>
          <MenuItem icon={<Link size={16} />} onSelect={give("share")}>
            Share link
          </MenuItem>
          <MenuItem icon={<History size={16} />} onSelect={give("history")}>
            History
          </MenuItem>
        </>
      )}
      <MenuItem icon={<Database size={16} />} onSelect={give("data")}>
        Data
      </MenuItem>
      <MenuDivider />
      <MenuChoice
        title="Theme"
        value={theme}
        options={themes}
        onChange={(chosen) => workbench.set({ theme: chosen })}
      />
      <MenuDivider />
      <MenuItem icon={<Keyboard size={16} />} keys={keys.keys} onSelect={give("keys")}>
        Keyboard
      </MenuItem>
      <MenuItem icon={<Info size={16} />} onSelect={() => workbench.set({ sheet: "about" })}>
        About
      </MenuItem>
    </Menu>
  );
}

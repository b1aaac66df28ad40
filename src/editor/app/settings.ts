/** What the studio remembers between visits: theme, panels, keys. The theme is kept twice, to be there before the first paint. */
import type { SettingsStore } from "../../storage/storage.ts";
import type { Theme, Workbench, WorkbenchState } from "../model/workbench.ts";

const name = "workbench";
const kept = ["theme", "panels", "sizes", "backend", "snap", "minimap", "direction", "bindings"] as const;
type Kept = Pick<WorkbenchState, (typeof kept)[number]>;

export async function keptSettings(settings: SettingsStore): Promise<Partial<Kept>> {
  try {
    const found = await settings.get(name);
    return typeof found === "object" && found !== null ? (found as Partial<Kept>) : {};
  } catch {
    return {};
  }
}

/** Writes what changes, a moment after the last change. */
export function keepSettings(workbench: Workbench, settings: SettingsStore): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  workbench.store.subscribe((state, before) => {
    if (kept.every((part) => state[part] === before[part])) return;
    if (state.theme !== before.theme) rememberTheme(state.theme);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const value = Object.fromEntries(kept.map((part) => [part, state[part]]));
      settings.set(name, value).catch(() => {}); // full storage is told where documents are saved
    }, 400);
  });
}

const themePlace = "ganvas/theme";

/** Sets the page's theme as it was last, before anything is drawn, and follows the system where that is wanted. */
export function applyTheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const theme = rememberedTheme();
    document.documentElement.dataset.theme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
  };
  dark.addEventListener("change", apply);
  window.addEventListener("storage", ({ key }) => key === themePlace && apply());
  apply();
  reapply = apply;
}
let reapply: () => void = () => {};

function rememberedTheme(): Theme {
  try {
    const theme = localStorage.getItem(themePlace);
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system";
  }
}

function rememberTheme(theme: Theme): void {
  try {
    localStorage.setItem(themePlace, theme);
  } catch {
    // kept in the database alone: the next visit begins in the system's theme
  }
  reapply();
}

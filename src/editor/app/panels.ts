/** The keyboard's way from one part of the page to another in one stroke: going by Tab selects the nodes in between. */
import type { Parts } from "../model/context.ts";
import type { Panel } from "../model/workbench.ts";

/** From the canvas to the parameters of what is selected, and from there back to the node. */
export function toParameters({ studio, workbench, view }: Parts): void {
  if (document.activeElement?.closest("[data-inspector]")) {
    const [node] = studio.store.getState().selection.nodes;
    if (node !== undefined) view.commands?.focus(node);
    else document.querySelector<HTMLElement>("[data-canvas] :is([role=group][tabindex], button)")?.focus();
    return;
  }
  show(workbench, "inspector");
  requestAnimationFrame(() => {
    const inspector = document.querySelector("[data-inspector]");
    const first = inspector?.querySelector<HTMLElement>(`[role=group] :is(${boxes})`) ?? inspector?.querySelector<HTMLElement>(boxes); // prettier-ignore
    first?.focus();
  });
}

/** To the search of the palette. */
export function toPalette({ workbench }: Parts): void {
  show(workbench, "palette");
  requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-search=nodes]")?.focus());
}

const boxes = "input, select, [role=switch], button";

function show(workbench: Parts["workbench"], panel: Panel): void {
  if (!workbench.store.getState().panels[panel]) workbench.toggle(panel);
}

/** Where menus and tooltips are put: at the page's end, or in the sheet that they belong to, as all else lies below it. */
import { createContext, useContext } from "react";

export const LayerContext = createContext<HTMLElement | null>(null);
export const useLayer = (): HTMLElement | null => useContext(LayerContext);

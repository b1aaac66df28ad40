/** A page for development: every kind, template and broken document as the studio shows them. */
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "../style/base.css";
import { createRoot } from "react-dom/client";
import { assemble } from "../app/assemble.ts";
import { applyTheme } from "../app/settings.ts";
import { PartsContext } from "../model/context.ts";
import { Gallery } from "./Gallery.tsx";

applyTheme();
const parts = await assemble();
createRoot(document.getElementById("root")!).render(
  <PartsContext value={parts}>
    <Gallery />
  </PartsContext>,
);

/** The gallery's composition root: the studio's own parts, with nothing open. */
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "../style/base.css";
import { createRoot } from "react-dom/client";
import { assemble } from "../app/assemble.ts";
import { applyTheme } from "../app/settings.ts";
import { readTemplate, templateNames } from "../keeping/templates.ts";
import { PartsContext } from "../model/context.ts";
import { Gallery } from "./Gallery.tsx";

applyTheme();
const [parts, ...read] = await Promise.all([assemble(), ...templateNames.map(readTemplate)]);
const templates = read.flatMap((template) => template?.document ?? []);
createRoot(document.getElementById("root")!).render(
  <PartsContext value={parts}>
    <Gallery templates={templates} />
  </PartsContext>,
);

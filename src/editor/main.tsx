/** The studio's composition root: makes its parts and hands them to the components. */
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "./style/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { assemble } from "./app/assemble.ts";
import { PartsContext } from "./model/context.ts";

const parts = await assemble();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <PartsContext value={parts}>
      <App />
    </PartsContext>
  </StrictMode>,
);

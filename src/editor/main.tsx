/** The studio's composition root: makes its parts and hands them to the components. */
import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "./style/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { assemble } from "./app/assemble.ts";
import { ErrorBoundary, ErrorPage } from "./app/ErrorPage.tsx";
import { applyTheme } from "./app/settings.ts";
import { PartsContext } from "./model/context.ts";

applyTheme();
const root = createRoot(document.getElementById("root")!);
try {
  const parts = await assemble();
  await parts.keeping.begin(location.hash);
  root.render(
    <StrictMode>
      <PartsContext value={parts}>
        <ErrorBoundary parts={parts}>
          <App />
        </ErrorBoundary>
      </PartsContext>
    </StrictMode>,
  );
} catch (error) {
  root.render(<ErrorPage parts={null} />);
  reportError(error); // to whoever has the developer's tools open
}

/** The one screen: bar above, palette, canvas and inspector side by side, the training dock below; on a phone one at a time. */
import { lazy, Suspense, useEffect } from "react";
import { useKeeping, useParts, useWorkbench } from "../model/context.ts";
import { Toasts } from "../ui/Toasts.tsx";
import { TooltipScope } from "../ui/Tooltip.tsx";
import { DropZone } from "./DropZone.tsx";
import { Elsewhere } from "./Elsewhere.tsx";
import { StartPage } from "./StartPage.tsx";
import { TopBar } from "./TopBar.tsx";
import { useKeyboard } from "./useKeyboard.ts";
import { phone, useMedia } from "./useMedia.ts";
import styles from "./App.module.css";

const Workspace = lazy(async () => ({ default: (await import("./Workspace.tsx")).Workspace }));
const PhoneView = lazy(async () => ({ default: (await import("./PhoneView.tsx")).PhoneView }));
const Sheets = lazy(() => import("./Sheets.tsx"));

export function App() {
  const open = useKeeping((state) => state.id !== null);
  const onPhone = useMedia(phone);
  const sheet = useWorkbench((state) => state.sheet);
  useKeyboard();
  useLeaving();
  useTitle(open);
  return (
    <TooltipScope>
      <div className={styles.app}>
        {open ? (
          <>
            <TopBar />
            <Elsewhere />
            <Suspense>{onPhone ? <PhoneView /> : <Workspace />}</Suspense>
          </>
        ) : (
          <StartPage />
        )}
      </div>
      <Suspense>{sheet && <Sheets sheet={sheet} />}</Suspense>
      <DropZone />
      <Toasts />
    </TooltipScope>
  );
}

/** Writes what is not saved when the page is hidden or left, and follows the address. */
function useLeaving(): void {
  const { keeping } = useParts();
  useEffect(() => {
    const leave = () => keeping.leave();
    const hidden = () => document.visibilityState === "hidden" && keeping.leave();
    const follow = () => void keeping.openAddress(location.hash);
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", hidden);
    window.addEventListener("popstate", follow);
    return () => {
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", hidden);
      window.removeEventListener("popstate", follow);
    };
  }, [keeping]);
}

function useTitle(open: boolean): void {
  const { studio } = useParts();
  useEffect(() => {
    const show = () => void (document.title = open ? `${studio.store.getState().document.name} – GANvas` : "GANvas");
    show();
    return studio.store.subscribe(show);
  }, [open, studio]);
}

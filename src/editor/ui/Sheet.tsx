/**
 * A sheet over the page for what is not daily work: the browser's own modal dialog, so that focus stays within and goes back
 * to where it was, Esc closes, and the page behind is inert.
 */
import { X } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Button } from "./Button.tsx";
import { LayerContext } from "./layer.ts";
import styles from "./Sheet.module.css";

export interface SheetProps {
  readonly title: string;
  /** One sentence under the title. */
  readonly lead?: ReactNode;
  readonly width?: "narrow" | "medium" | "wide";
  /** Stands below what scrolls: the sheet's buttons. */
  readonly footer?: ReactNode;
  onClose(): void;
  readonly children: ReactNode;
}

/** Open as long as it is rendered. */
export function Sheet({ title, lead, width = "medium", footer, onClose, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [layer, setLayer] = useState<HTMLElement | null>(null);
  useEffect(() => setLayer(dialog.current), []);
  useEffect(() => {
    const shown = dialog.current!;
    const opener = document.activeElement;
    shown.showModal();
    (shown.querySelector<HTMLElement>("[data-first-focus]") ?? shown).focus();
    return () => {
      shown.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  /** A tooltip that is shown takes the key before the dialog does, so it is looked at here. */
  function press(event: KeyboardEvent): void {
    const menu = (event.target as Element).closest("[role=menu], [role=listbox]");
    if (event.key !== "Escape" || event.nativeEvent.isComposing || menu) return;
    event.preventDefault();
    event.stopPropagation();
    onClose();
  }
  return (
    <dialog
      ref={dialog}
      className={`${styles.sheet} ${styles[width]}`}
      aria-label={title}
      tabIndex={-1}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={press}
      onPointerDown={(event) => event.target === dialog.current && onClose()}
    >
      <LayerContext value={layer}>
        <div className={styles.frame}>
          <header className={styles.header}>
            <div className={styles.heading}>
              <h2 className={styles.title}>{title}</h2>
              {lead && <p className={styles.lead}>{lead}</p>}
            </div>
            <Button variant="quiet" className={styles.close} aria-label="Close" onClick={onClose}>
              <X size={16} />
            </Button>
          </header>
          <div className={styles.body}>{children}</div>
          {footer && <footer className={styles.footer}>{footer}</footer>}
        </div>
      </LayerContext>
    </dialog>
  );
}

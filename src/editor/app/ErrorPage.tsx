/** What stands in the studio's place after a bug of ours: calm words, the document as a file, and a way back. */
import { Component, type ReactNode } from "react";
import { downloadDocument } from "../keeping/files.ts";
import type { Parts } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import styles from "./ErrorPage.module.css";

interface Props {
  readonly parts: Parts;
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };
  static getDerivedStateFromError() {
    return { broken: true };
  }
  override componentDidCatch(): void {
    this.props.parts.keeping.leave();
  }
  override render(): ReactNode {
    return this.state.broken ? <ErrorPage parts={this.props.parts} /> : this.props.children;
  }
}

/** @param parts null where the studio did not even come up */
export function ErrorPage({ parts }: { readonly parts: Parts | null }) {
  const open = parts !== null && parts.keeping.store.getState().id !== null;
  return (
    <main className={styles.page}>
      <div className={styles.words} role="alert">
        <h1 className={styles.title}>Something broke; your document is safe</h1>
        <p>
          This is a mistake in the studio, not in your work. Everything up to your last edit is saved in this browser,
          and a reload brings it back.
        </p>
      </div>
      <div className={styles.buttons}>
        <Button variant="primary" onClick={() => location.reload()}>
          Reload
        </Button>
        {open && (
          <Button onClick={() => downloadDocument(parts.studio.store.getState().document)}>
            Save the document as a file
          </Button>
        )}
      </div>
    </main>
  );
}

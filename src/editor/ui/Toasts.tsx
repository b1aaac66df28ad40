/** Short messages at the page's foot, told to screen readers as they come. An error stays until it is closed. */
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { useEffect } from "react";
import { useParts, useWorkbench } from "../model/context.ts";
import type { Toast } from "../model/workbench.ts";
import { Button } from "./Button.tsx";
import { IconButton } from "./IconButton.tsx";
import styles from "./Toasts.module.css";

export function Toasts() {
  const toasts = useWorkbench((state) => state.toasts);
  return (
    <div className={styles.stack} role="status" aria-live="polite" aria-label="Messages">
      {toasts.map((toast) => (
        <Message key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

/** Time to read it, in milliseconds: a message with a button needs more. */
const staysFor = ({ text, action }: Toast) => 3000 + 40 * text.length + (action ? 4000 : 0);

function Message({ toast }: { readonly toast: Toast }) {
  const { workbench } = useParts();
  const { id, tone, text, action } = toast;
  useEffect(() => {
    if (tone === "bad") return;
    const timer = setTimeout(() => workbench.dismiss(id), staysFor(toast));
    return () => clearTimeout(timer);
  }, [id, tone, toast, workbench]);
  return (
    <div className={styles.toast} data-tone={tone}>
      {tone === "bad" && <CircleAlert size={16} className={styles.mark} aria-label="Error" />}
      {tone === "good" && <CircleCheck size={16} className={styles.mark} aria-hidden />}
      <p className={styles.text}>{text}</p>
      {action && (
        <Button
          size="small"
          onClick={() => {
            workbench.dismiss(id);
            action.run();
          }}
        >
          {action.title}
        </Button>
      )}
      <IconButton label="Close" size="small" onClick={() => workbench.dismiss(id)}>
        <X size={14} />
      </IconButton>
    </div>
  );
}

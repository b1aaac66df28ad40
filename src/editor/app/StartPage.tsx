/** Where nothing is open: templates to begin with, documents to go on with, and files. */
import { FilePlus2, FolderOpen, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useKeeping, useParts } from "../model/context.ts";
import type { Template } from "../keeping/templates.ts";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Logo } from "./Logo.tsx";
import { MainMenu } from "./MainMenu.tsx";
import { TemplateCard } from "./TemplateCard.tsx";
import { ago } from "./when.ts";
import styles from "./StartPage.module.css";

export function StartPage() {
  const { keeping } = useParts();
  const templates = useTemplates();
  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <MainMenu />
        <span className={styles.brand}>
          <Logo />
          GANvas
        </span>
      </header>
      <main className={styles.body}>
        <div className={styles.head}>
          <div>
            <h1 className={styles.title}>Draw a GAN, watch it learn</h1>
            <p className={styles.lead}>
              Wire layers and losses, train on this machine, export to ONNX. Nothing you make leaves the browser.
            </p>
          </div>
          <div className={styles.buttons}>
            <Button icon={<FolderOpen size={16} />} onClick={() => keeping.chooseFiles()}>
              Open a file
            </Button>
            <Button icon={<FilePlus2 size={16} />} onClick={() => void keeping.openEmpty()}>
              Empty GAN
            </Button>
          </div>
        </div>
        <Recent />
        <section aria-labelledby="templates">
          <h2 id="templates" className={styles.section}>
            Templates
          </h2>
          <ul className={styles.cards}>
            {templates.map((template) => (
              <TemplateCard key={template.name} template={template} />
            ))}
          </ul>
        </section>
      </main>
    </div>
  );
}

/** From the smallest to the largest. */
function useTemplates(): readonly Template[] {
  const [templates, setTemplates] = useState<readonly Template[]>([]);
  useEffect(() => {
    let shown = true;
    void import("../keeping/templates.ts")
      .then(({ templateNames, readTemplate }) => Promise.all(templateNames.map(readTemplate)))
      .then((found) => {
        const all = found.filter((each) => each !== null);
        if (shown) setTemplates(all.sort((a, b) => a.parameters - b.parameters));
      });
    return () => void (shown = false);
  }, []);
  return templates;
}

function Recent() {
  const { keeping } = useParts();
  const recent = useKeeping((state) => state.recent);
  const [all, setAll] = useState(false);
  if (recent.length === 0) return null;
  return (
    <section aria-labelledby="recent">
      <h2 id="recent" className={styles.section}>
        Continue
      </h2>
      <ul className={styles.recent}>
        {recent.slice(0, all ? undefined : 6).map(({ id, name, modified }) => (
          <li key={id} className={styles.kept}>
            <button type="button" className={styles.keptName} onClick={() => void keeping.openKept(id)}>
              <span className={styles.ellipsis}>{name || "Untitled"}</span>
              <span className={styles.when}>{ago(modified, Date.now())}</span>
            </button>
            <DeleteKept id={id} name={name} />
          </li>
        ))}
      </ul>
      {recent.length > 6 && (
        <Button variant="quiet" size="small" onClick={() => setAll(!all)}>
          {all ? "Show fewer" : `Show all ${recent.length}`}
        </Button>
      )}
    </section>
  );
}

/** Deleting takes the run along and cannot be undone, so it is asked once more, in place. */
function DeleteKept({ id, name }: { readonly id: string; readonly name: string }) {
  const { keeping } = useParts();
  const [asking, setAsking] = useState(false);
  if (!asking)
    return (
      <IconButton label={`Delete ${name}`} size="small" className={styles.delete} onClick={() => setAsking(true)}>
        <Trash2 size={14} />
      </IconButton>
    );
  return (
    <Button size="small" autoFocus onBlur={() => setAsking(false)} onClick={() => void keeping.deleteKept(id)}>
      Delete for good
    </Button>
  );
}

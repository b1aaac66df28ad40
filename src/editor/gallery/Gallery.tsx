/** What there is, to be looked through after a change: kinds by shelf, templates as figures, in development broken documents. */
import { lazy, Suspense } from "react";
import type { GanDocument } from "../../core/document/types.ts";
import { shelves, type NodeKind } from "../../core/kind/kind.ts";
import { kinds } from "../../kinds/index.ts";
import { KindEntry } from "./KindEntry.tsx";
import { TemplateFigures } from "./TemplateFigures.tsx";
import styles from "./Gallery.module.css";

/** They lie beside the tests and are not built. */
const Broken = import.meta.env.DEV ? lazy(async () => ({ default: (await import("./Broken.tsx")).Broken })) : null;

export const Gallery = ({ templates }: { readonly templates: readonly GanDocument[] }) => (
  <main className={styles.page}>
    <h1 className={styles.title}>Everything there is</h1>
    {shelves.map((shelf) => (
      <section key={shelf}>
        <h2 className={styles.section}>{shelf}</h2>
        {kinds
          .filter((kind) => kind.shelf === shelf)
          .map((kind) => (
            <KindEntry key={`${kind.graph}/${kind.name}`} kind={kind as NodeKind} templates={templates} />
          ))}
      </section>
    ))}
    <h2 className={styles.section}>Templates</h2>
    <TemplateFigures />
    {Broken && (
      <Suspense>
        <h2 className={styles.section}>Broken documents</h2>
        <Broken />
      </Suspense>
    )}
  </main>
);

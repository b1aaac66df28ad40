/** What there is, to be looked through after a change: kinds by shelf, templates as figures, broken documents. */
import { shelves } from "../../core/kind/kind.ts";
import { kinds } from "../../kinds/index.ts";
import { Broken } from "./Broken.tsx";
import { KindEntry } from "./KindEntry.tsx";
import { TemplateFigures } from "./TemplateFigures.tsx";
import styles from "./Gallery.module.css";

export const Gallery = () => (
  <main className={styles.page}>
    <h1 className={styles.title}>Everything there is</h1>
    {shelves.map((shelf) => (
      <section key={shelf}>
        <h2 className={styles.section}>{shelf}</h2>
        {kinds
          .filter((kind) => kind.shelf === shelf)
          .map((kind) => (
            <KindEntry key={`${kind.graph}/${kind.name}`} kind={kind} />
          ))}
      </section>
    ))}
    <h2 className={styles.section}>Templates</h2>
    <TemplateFigures />
    <h2 className={styles.section}>Broken documents</h2>
    <Broken />
  </main>
);

/** A template to begin with: what it makes, its name, and how large its networks are. */
import type { Template } from "../keeping/templates.ts";
import { useParts } from "../model/context.ts";
import { shortNumber } from "../ui/NumberText.tsx";
import { NetworkPicture } from "./NetworkPicture.tsx";
import styles from "./TemplateCard.module.css";

export function TemplateCard({ template }: { readonly template: Template }) {
  const { keeping } = useParts();
  const { name, document, picture, networks } = template;
  const pictures = networks.some(({ outputs }) => outputs.some(({ type }) => type?.type === "image"));
  return (
    <li>
      <button type="button" className={styles.card} onClick={() => void keeping.openTemplate(name)}>
        <span className={styles.picture}>
          {picture ? (
            <img className={pictures ? styles.samples : styles.plot} src={picture} alt="" />
          ) : (
            <NetworkPicture networks={networks} />
          )}
        </span>
        <span className={styles.words}>
          <span className={styles.name}>{document.name}</span>
          <span className={styles.description}>{document.description}</span>
          <span className={styles.sizes}>
            {networks.map((network) => (
              <span key={network.name}>
                {network.name} <span className="number">{shortNumber(network.parameters)}</span>
              </span>
            ))}
          </span>
        </span>
      </button>
    </li>
  );
}

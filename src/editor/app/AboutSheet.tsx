/** What this is, and under which licences its parts come. */
import { Sheet } from "../ui/Sheet.tsx";
import { Logo } from "./Logo.tsx";
import styles from "./AboutSheet.module.css";

const parts = [
  ["TensorFlow.js", "Apache-2.0"],
  ["ONNX Runtime Web", "MIT"],
  ["React, React Flow, Radix UI, zustand", "MIT"],
  ["KaTeX, uPlot, dagre, fflate", "MIT"],
  ["Lucide icons, idb", "ISC"],
  ["Inter, JetBrains Mono", "OFL-1.1"],
] as const;

export const AboutSheet = ({ onClose }: { onClose(): void }) => (
  <Sheet title="About GANvas" width="narrow" onClose={onClose}>
    <div className={styles.head}>
      <Logo size={40} />
      <p>Wire layers and losses into GANs, train them here, and ship them as ONNX.</p>
    </div>
    <p className={styles.words}>
      Documents, data and weights stay in this browser: the page sends nothing anywhere. Save files, or keep the
      browser&apos;s storage, to keep your work.
    </p>
    <h3 className={styles.title}>Made with</h3>
    <dl className={styles.parts}>
      {parts.map(([name, licence]) => (
        <div key={name} className={styles.part}>
          <dt>{name}</dt>
          <dd>{licence}</dd>
        </div>
      ))}
    </dl>
    <p className={styles.words}>GANvas itself is under the MIT licence.</p>
  </Sheet>
);

/** What can leave the studio: models, weights, the document, figures and samples. */
import { Binary, FileBox, FileJson, Images, Shapes } from "lucide-react";
import { Tabs } from "radix-ui";
import { useMemo, type ComponentType } from "react";
import { useStudio } from "../model/context.ts";
import { Sheet } from "../ui/Sheet.tsx";
import { DocumentPanel } from "./DocumentPanel.tsx";
import { factsOf, type Facts } from "./facts.ts";
import { FigurePanel } from "./FigurePanel.tsx";
import { OnnxPanel } from "./OnnxPanel.tsx";
import { SamplesPanel } from "./SamplesPanel.tsx";
import { Notice } from "./Standing.tsx";
import { WeightsPanel } from "./WeightsPanel.tsx";
import styles from "./Export.module.css";

interface Export {
  readonly id: string;
  readonly title: string;
  readonly words: string;
  readonly Icon: ComponentType<{ readonly size: number }>;
  readonly Panel: ComponentType<{ readonly facts: Facts }>;
  /** Made of networks: there must be one without errors. */
  readonly ofNetworks: boolean;
}

const exports: readonly Export[] = [
  {
    id: "onnx",
    title: "ONNX model",
    words: "Runs anywhere, proven",
    Icon: FileBox,
    Panel: OnnxPanel,
    ofNetworks: true,
  },
  {
    id: "weights",
    title: "Weights",
    words: "safetensors, for PyTorch",
    Icon: Binary,
    Panel: WeightsPanel,
    ofNetworks: true,
  },
  {
    id: "document",
    title: "Document",
    words: ".gan.json, or a link",
    Icon: FileJson,
    Panel: DocumentPanel,
    ofNetworks: false,
  },
  {
    id: "figure",
    title: "Figure",
    words: "SVG or PNG, for papers",
    Icon: Shapes,
    Panel: FigurePanel,
    ofNetworks: true,
  },
  {
    id: "samples",
    title: "Samples",
    words: "A grid from any seed",
    Icon: Images,
    Panel: SamplesPanel,
    ofNetworks: true,
  },
];

export default function ExportSheet({ onClose }: { onClose(): void }) {
  const document = useStudio((state) => state.document);
  const analysis = useStudio((state) => state.analysis);
  const facts = useMemo(() => factsOf(document, analysis), [document, analysis]);
  return (
    <Sheet title="Export" lead="Files are made here and go nowhere but to your disk." width="wide" onClose={onClose}>
      <Tabs.Root className={styles.columns} defaultValue={exports[0].id} orientation="vertical">
        <Tabs.List className={styles.list} aria-label="What to export">
          {exports.map(({ id, title, words, Icon }) => (
            <Tabs.Trigger key={id} value={id} className={styles.item}>
              <Icon size={16} />
              <span className={styles.itemWords}>
                {title}
                <span className={styles.itemNote}>{words}</span>
              </span>
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {exports.map(({ id, title, Panel, ofNetworks }) => (
          <Tabs.Content key={id} value={id} className={styles.panel}>
            <h3 className={styles.title}>{title}</h3>
            {ofNetworks && facts.networks.length === 0 ? (
              <Notice tone="bad">
                {Object.keys(document.networks).length === 0
                  ? "This document has no network yet."
                  : "No network of this document is free of problems. Mend one first."}
              </Notice>
            ) : (
              <Panel facts={facts} />
            )}
          </Tabs.Content>
        ))}
      </Tabs.Root>
    </Sheet>
  );
}

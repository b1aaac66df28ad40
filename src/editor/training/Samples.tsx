/** What the generator draws: the run's fixed latents through time, or fresh draws, as pictures or points. */
import { ArrowDownWideNarrow, Download, Images, RotateCcw } from "lucide-react";
import { useMemo, useState } from "react";
import type { SampleSheet, Snapshot } from "../../session/protocol.ts";
import { useParts, useTraining } from "../model/context.ts";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Menu, MenuChoice, MenuDivider, MenuItem } from "../ui/Menu.tsx";
import { download, fileName } from "../keeping/files.ts";
import { BestOf, type Draw } from "./BestOf.tsx";
import styles from "./Dock.module.css";
import { OneSample } from "./OneSample.tsx";
import { SampleGrid } from "./SampleGrid.tsx";
import sampleStyles from "./Samples.module.css";
import { Scrubber } from "./Scrubber.tsx";
import { toPng } from "./sheet.ts";
import { orderOf } from "./tiles.ts";
import { ToyPlot } from "./ToyPlot.tsx";
import { figures, grouped } from "./words.ts";

interface Drawn {
  readonly sheet: SampleSheet;
  readonly title: string;
}

const orders = [
  { value: "score", title: "By D's score, best first" },
  { value: "latent", title: "By latent: each keeps its place" },
] as const;
const barChoices = [
  { value: "on", title: "D's score as a bar" },
  { value: "off", title: "Pictures alone" },
] as const;

export function Samples() {
  const { training, studio } = useParts();
  const snapshot = useShownSnapshot();
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  const [order, setOrder] = useState<(typeof orders)[number]["value"]>("score");
  const [bars, setBars] = useState<(typeof barChoices)[number]["value"]>("on");
  const [pointed, setPointed] = useState<number | null>(null);
  const [opened, setOpened] = useState<number | null>(null);
  const [choosing, setChoosing] = useState(false);
  const canDraw = useTraining(({ open }) => open);
  const sheet = drawn?.sheet ?? snapshot?.sheet ?? null;
  const indices = useMemo(() => (sheet ? orderOf(sheet.count, sheet.scores, order === "score") : []), [sheet, order]);
  if (!sheet || !snapshot) return <WaitingForSamples />;

  const points = sheet.type === "vector";
  const where = drawn ? drawn.title : `iteration ${grouped(snapshot.iteration)}`;
  const scored = pointed !== null && sheet.scores && pointed < sheet.count ? sheet.scores[pointed] : null;
  const note =
    scored !== null
      ? `sample ${pointed! + 1}: D ${figures(scored, 3)}`
      : noteOf(sheet, drawn !== null, order === "score");
  const save = async (which: readonly number[], suffix: string) => {
    const picture = await toPng(sheet, which);
    if (picture)
      download(
        `${fileName(studio.store.getState().document.name)}-${fileName(where)}${suffix}.png`,
        picture,
        "image/png",
      );
  };
  const draw = async ({ count, of, seed }: Draw, title: string) => {
    const answer = await training.sample({ count, seed, ...(of > count ? { of } : {}) });
    if (!answer) return;
    setOpened(null);
    setDrawn({ sheet: answer, title });
  };
  const fresh = () => void draw({ count: sheet.count, of: sheet.count, seed: randomSeed() }, "new latents");

  return (
    <>
      <header className={styles.title}>
        <h2>Samples</h2>
        <p className={styles.note}>{note}</p>
        {!points && (
          <BestOf
            open={choosing}
            onOpenChange={setChoosing}
            disabled={!canDraw || !sheet.scores}
            onDraw={(chosen) => void draw(chosen, `best ${chosen.count} of ${grouped(chosen.of)} by D`)}
          />
        )}
        <Menu
          align="end"
          trigger={
            <IconButton label="How samples are shown" size="small">
              <Images size={14} />
            </IconButton>
          }
        >
          {!points && sheet.scores && (
            <>
              <MenuChoice title="Order" value={order} options={orders} onChange={(chosen) => setOrder(chosen)} />
              <MenuChoice title="Under each" value={bars} options={barChoices} onChange={(chosen) => setBars(chosen)} />
              <MenuDivider />
            </>
          )}
          <MenuItem icon={<RotateCcw size={14} />} disabled={!canDraw} onSelect={fresh}>
            New latents
          </MenuItem>
          {!points && sheet.scores && (
            <MenuItem icon={<ArrowDownWideNarrow size={14} />} disabled={!canDraw} onSelect={() => setChoosing(true)}>
              Best by D…
            </MenuItem>
          )}
          {!points && (
            <MenuItem icon={<Download size={14} />} onSelect={() => void save(indices, "")}>
              Save as PNG
            </MenuItem>
          )}
        </Menu>
      </header>
      <div className={sampleStyles.body}>
        {points ? (
          <Points sheet={sheet} snapshot={snapshot} label={`${grouped(sheet.count)} samples, ${where}`} />
        ) : (
          <>
            <SampleGrid
              sheet={sheet}
              order={indices}
              bars={bars === "on"}
              label={`${sheet.count} samples, ${where}`}
              onPoint={setPointed}
              onOpen={setOpened}
            />
            {opened !== null && opened < sheet.count && (
              <OneSample
                sheet={sheet}
                order={indices}
                index={opened}
                onShow={setOpened}
                onSave={(index) => void save([index], `-sample-${index + 1}`)}
                onClose={() => setOpened(null)}
              />
            )}
          </>
        )}
      </div>
      {drawn ? (
        <div className={sampleStyles.row}>
          <span className={styles.note}>{drawn.title}</span>
          <Button
            size="small"
            onClick={() => {
              setDrawn(null);
              setOpened(null);
            }}
          >
            Back to the run
          </Button>
        </div>
      ) : (
        <Scrubber />
      )}
    </>
  );
}

function useShownSnapshot(): Snapshot | null {
  return useTraining(({ snapshots, looking }) => (looking === null ? snapshots.at(-1) : snapshots[looking]) ?? null);
}

interface PointsProps {
  readonly sheet: SampleSheet;
  readonly snapshot: Snapshot;
  readonly label: string;
}

/** Points can be drawn on a line or a plane; of vectors with more numbers, their spread in Health has to do. */
function Points({ sheet, snapshot: { field }, label }: PointsProps) {
  if (field) return <ToyPlot sheet={sheet} field={field} label={label} />;
  return <p className={styles.waiting}>Each sample is a vector of {sheet.shape[0]} numbers: too many to draw.</p>;
}

function WaitingForSamples() {
  const saved = useTraining((state) => state.saved);
  const status = useTraining((state) => state.now.status);
  return (
    <>
      <header className={styles.title}>
        <h2>Samples</h2>
      </header>
      <p className={styles.waiting}>
        {status === "idle" && saved !== null
          ? "Continue to see this run's samples."
          : "Samples of the same latents appear here as training goes on."}
      </p>
    </>
  );
}

function noteOf({ type, count, scores, row }: SampleSheet, fresh: boolean, sorted: boolean): string {
  if (row) return `${row.columns.join(" | ")}${scores && sorted ? ", sorted by D" : ""}`;
  const latents = fresh ? "fresh latents" : "fixed latents";
  if (type === "vector") return `${grouped(count)} points, ${latents}`;
  return `${latents}${scores && sorted ? ", sorted by D" : ""}`;
}

const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;

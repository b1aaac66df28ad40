/** Asks how many samples to draw and how many of them, those that D scores highest, to show. */
import { ArrowDownWideNarrow } from "lucide-react";
import { useId, useState, type FormEvent } from "react";
import { Button } from "../ui/Button.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { Popover } from "../ui/Popover.tsx";
import styles from "./Samples.module.css";

export interface Draw {
  readonly count: number;
  readonly of: number;
  readonly seed: number;
}

export interface BestOfProps {
  readonly open: boolean;
  onOpenChange(open: boolean): void;
  readonly disabled: boolean;
  onDraw(draw: Draw): void;
}

const mostShown = 256;
const mostDrawn = 5000;

export function BestOf({ open, onOpenChange, disabled, onDraw }: BestOfProps) {
  const [count, setCount] = useState(50);
  const [of, setOf] = useState(500);
  const [seed, setSeed] = useState(1);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onOpenChange(false);
    onDraw({
      count: within(count, 1, mostShown),
      of: within(of, count, mostDrawn),
      seed: within(seed, 0, 2 ** 31 - 1),
    });
  };
  return (
    <Popover
      open={open}
      onOpenChange={onOpenChange}
      label="Best by D"
      trigger={
        <IconButton label="Best by D" size="small" disabled={disabled}>
          <ArrowDownWideNarrow size={14} />
        </IconButton>
      }
    >
      <form className={styles.form} onSubmit={submit}>
        <strong>Best by D</strong>
        <p>Draws from new latents and shows those that the discriminator scores highest.</p>
        <div className={styles.fields}>
          <Field label="Show" value={count} most={mostShown} onChange={setCount} />
          <Field label="of" value={of} most={mostDrawn} onChange={setOf} />
          <Field label="Seed" value={seed} most={2 ** 31 - 1} onChange={setSeed} />
        </div>
        <Button type="submit" variant="primary" size="small">
          Draw
        </Button>
      </form>
    </Popover>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: number;
  readonly most: number;
  onChange(value: number): void;
}

function Field({ label, value, most, onChange }: FieldProps) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="number"
        type="number"
        min={0}
        max={most}
        required
        value={Number.isNaN(value) ? "" : value}
        onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </>
  );
}

const within = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.round(value)));

/** Numbers side by side in one frame: height and width, which a chain keeps equal, or a list of a fixed length. */
import { Link2, Unlink2 } from "lucide-react";
import { useState } from "react";
import type { Field } from "../../../core/kind/fields.ts";
import type { ControlProps } from "./controls.ts";
import styles from "./Form.module.css";
import { TextBox } from "./TextBox.tsx";
import type { Writer } from "./writer.ts";

export function PairBoxes(props: ControlProps) {
  const { field, written, absent, writer, name, id } = props;
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [height, width] = halves(written);
  const [absentHeight, absentWidth] = halves(absent);
  const linked = chosen ?? height === width;
  const half: Field<unknown> = {
    ...field,
    widget: "integer",
    read: (value) => (typeof value === "number" && field.read(value) !== undefined ? value : undefined),
  };
  const set = (next: readonly unknown[], typing?: boolean) =>
    writer.set(next.every((value) => value === undefined) ? undefined : next, typing);
  const writerOf = (axis: 0 | 1): Writer => ({
    ...writer,
    set(value, typing) {
      if (linked || value === undefined) return writer.set(value, typing);
      set(axis === 0 ? [value, width ?? absentWidth] : [height ?? absentHeight, value], typing);
    },
  });
  return (
    <div className={styles.boxes} role="group" aria-labelledby={props.labelId}>
      <TextBox
        {...props}
        bare
        field={half}
        written={height}
        absent={absentHeight}
        writer={writerOf(0)}
        label={linked ? name : `${name}, height`}
      />
      <button
        type="button"
        className={styles.link}
        aria-label={`Keep height and width of ${name} equal`}
        aria-pressed={linked}
        onClick={() => {
          setChosen(!linked);
          if (!linked && height !== width) writer.set(height);
        }}
      >
        {linked ? <Link2 size={12} aria-hidden /> : <Unlink2 size={12} aria-hidden />}
      </button>
      <TextBox
        {...props}
        bare
        field={half}
        written={width}
        absent={absentWidth ?? ""}
        writer={writerOf(1)}
        id={`${id}-width`}
        label={`${name}, width`}
      />
    </div>
  );
}

export function ListBoxes(props: ControlProps & { readonly length: number }) {
  const { field, written, absent, writer, name, id, length } = props;
  const given = Array.isArray(written) ? (written as unknown[]) : [];
  const defaults = Array.isArray(absent) ? (absent as unknown[]) : [];
  const writerOf = (index: number): Writer => ({
    ...writer,
    set(value, typing) {
      const next = Array.from({ length }, (_, at) => (at === index ? value : given[at]) ?? defaults[at]);
      writer.set(JSON.stringify(next) === JSON.stringify(defaults) ? undefined : next, typing);
    },
  });
  return (
    <div className={styles.boxes} role="group" aria-labelledby={props.labelId}>
      {Array.from({ length }, (_, index) => (
        <TextBox
          key={index}
          {...props}
          bare
          field={field.member!}
          written={given[index]}
          absent={defaults[index]}
          writer={writerOf(index)}
          id={index === 0 ? id : `${id}-${index}`}
          label={`${name}, ${index + 1} of ${length}`}
        />
      ))}
    </div>
  );
}

const halves = (value: unknown): readonly [unknown, unknown] => {
  if (Array.isArray(value)) return [value[0], value[1]];
  return [value ?? undefined, value ?? undefined];
};

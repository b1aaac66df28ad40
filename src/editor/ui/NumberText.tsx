/** A number as the studio writes it: monospaced, grouped by thousands, and of a steady width while it changes. */
export interface NumberTextProps {
  readonly value: number;
  /** Digits after the point; whole numbers have none. */
  readonly digits?: number;
  /** "ms", "images/s": set after a thin space. */
  readonly unit?: string;
  /** 1.25 M, 524 k. */
  readonly short?: boolean;
  readonly className?: string;
}

export const NumberText = ({ value, digits, unit, short = false, className }: NumberTextProps) => (
  <span className={className ? `number ${className}` : "number"}>
    {short ? shortNumber(value) : groupedNumber(value, digits)}
    {unit && `\u2009${unit}`}
  </span>
);

/** "6,214", "15.3": grouped by thousands, with so many digits after the point. */
export const groupedNumber = (value: number, digits = 0): string =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** "1.25 M", "524 k", "980": three digits that count. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  const [divisor, unit] =
    size >= 999_500_000 ? [1e9, " G"] : size >= 999_500 ? [1e6, " M"] : size >= 1000 ? [1e3, " k"] : [1, ""];
  return `${Number((value / divisor).toPrecision(3)).toLocaleString("en")}${unit}`;
}

/** Numbers and times of training as the dock says them: short, grouped by thousands, with their units. */

/** "4,180" */
export const grouped = (count: number): string => Math.round(count).toLocaleString("en-US");

/** Four figures: "0.4183", "2.214", "184.2", "1.2e-6"; "–" where there is no number. */
export function figures(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 10 ** -digits || size >= 1e6)) return value.toExponential(1);
  const whole = size < 1 ? 0 : Math.floor(Math.log10(size)) + 1;
  return value.toFixed(Math.max(0, digits - Math.max(whole, size < 1 ? 0 : 1)));
}

/** "about 1 min left"; empty where it cannot be known. */
export function timeLeft(iterations: number, stepTime: number): string {
  if (!(iterations > 0) || !(stepTime > 0)) return "";
  const seconds = (iterations * stepTime) / 1000;
  if (seconds < 10) return "a few seconds left";
  if (seconds < 55) return `about ${Math.round(seconds / 5) * 5} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min left`;
  if (minutes < 10 * 60) {
    const quarter = Math.round(minutes / 15) * 15;
    const rest = quarter % 60;
    return `about ${Math.floor(quarter / 60)} h${rest ? ` ${rest} min` : ""} left`;
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `about ${hours} h left` : `about ${Math.round(hours / 24)} days left`;
}

/** "15.3 ms", "1.20 s": of one iteration. */
export const duration = (milliseconds: number): string =>
  milliseconds >= 1000
    ? `${(milliseconds / 1000).toFixed(2)} s`
    : `${milliseconds.toFixed(milliseconds < 10 ? 2 : 1)} ms`;

/** "1 problem", "3 problems" */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

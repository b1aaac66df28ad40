/** Readers of option values. What does not fit is wrong usage. */
import { InvalidArgumentError } from "commander";

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least || value > most || text.trim() === "")
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };

export const seedNumber = whole(0, Number.MAX_SAFE_INTEGER);
export const iterationCount = whole(1, 2 ** 32 - 1);
export const portNumber = whole(0, 65_535);
export const rowCount = whole(1, 65_536);

const upTo16 = whole(1, 16);
/** A number of workers, or "auto". */
export const workerCount = (text: string): number | "auto" => (text === "auto" ? text : upTo16(text));

export const positiveNumber = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
};

/** "name=FILE", gathered over several uses. */
export const named = (text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const equals = text.indexOf("=");
  if (equals < 1 || equals === text.length - 1) throw new InvalidArgumentError("It must be NAME=FILE.");
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) };
};

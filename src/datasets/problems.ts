/**
 * What can be wrong with a person's data, as a typed error: a code and its facts. Codes and facts are those of the message
 * catalogue, which makes the sentence that a person reads; the plain message here serves where there is no catalogue.
 */
export interface ProblemFacts {
  /** No built-in data set has this name, and no file or folder this path. */
  "dataset-unknown": { readonly name: string; readonly near: string | null };
  /** A built-in data set whose files have not been built. */
  "dataset-missing": { readonly name: string; readonly path: string };
  "dataset-empty": { readonly name: string };
  /** `reason` is a clause without a full stop: "its header says 3 axes". */
  "data-malformed": { readonly name: string; readonly reason: string };
  /** Bytes after decompression, header included. */
  "idx-truncated": { readonly name: string; readonly found: number; readonly wanted: number };
  /** Each size with how many images have it, the commonest first: "28×28: 40 images". */
  "images-mixed-sizes": { readonly name: string; readonly sizes: readonly string[] };
  "data-type": { readonly name: string; readonly found: string; readonly wanted: string };
  "batch-too-large": { readonly name: string; readonly batch: number; readonly count: number };
}

export type ProblemCode = keyof ProblemFacts;

export class DatasetProblem<Code extends ProblemCode = ProblemCode> extends Error {
  readonly code: Code;
  readonly facts: ProblemFacts[Code];

  constructor(code: Code, facts: ProblemFacts[Code]) {
    super(say[code](facts));
    this.name = "DatasetProblem";
    this.code = code;
    this.facts = facts;
  }
}

/** A file that is not what its name says. */
export const malformed = (name: string, reason: string) => new DatasetProblem("data-malformed", { name, reason });

const say: { readonly [Code in ProblemCode]: (facts: ProblemFacts[Code]) => string } = {
  "dataset-unknown": ({ name, near }) => `There is no data set "${name}"${near ? `; perhaps ${near} is meant` : ""}.`,
  "dataset-missing": ({ name, path }) => `The files of the data set "${name}" are missing from ${path}.`,
  "dataset-empty": ({ name }) => `"${name}" holds no data.`,
  "data-malformed": ({ name, reason }) => `"${name}" cannot be read: ${reason}.`,
  "idx-truncated": ({ name, found, wanted }) => `"${name}" has ${found} of ${wanted} bytes.`,
  "images-mixed-sizes": ({ name, sizes }) => `The images in "${name}" differ in size: ${sizes.join(", ")}.`,
  "data-type": ({ name, found, wanted }) => `"${name}" gives ${found}, and ${wanted} is wanted.`,
  "batch-too-large": ({ name, batch, count }) => `A batch of ${batch} is larger than "${name}" with ${count} rows.`,
};

/**
 * Every sentence that GANvas says about a person's mistake, by code. A message tells what was found, what was wanted and
 * what to do; where it happened stands before it. It takes strings, numbers and shapes and imports sentences alone.
 */
import { lintSentences } from "./lints/sentences.ts";
import type { Message, Severity } from "./message.ts";
import { dataSentences } from "./sentences/data.ts";
import { documentSentences } from "./sentences/document.ts";
import { runningSentences } from "./sentences/running.ts";
import { trainingSentences } from "./sentences/training.ts";
import { wireSentences } from "./sentences/wires.ts";

export type { Severity };

export const catalogue = {
  ...documentSentences,
  ...wireSentences,
  ...trainingSentences,
  ...dataSentences,
  ...runningSentences,
  ...lintSentences,
} satisfies Record<string, Message<never>>;

export type Code = keyof typeof catalogue;
export type FactsOf<C extends Code> = Parameters<(typeof catalogue)[C]["say"]>[0];

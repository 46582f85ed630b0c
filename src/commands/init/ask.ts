import { createInterface } from 'node:readline/promises';

/** A word that is needed, its option, and the question for it on a terminal. */
export interface Needed {
  readonly option: string;
  readonly asks: string;
  /** Several words, with spaces or commas between them. */
  readonly isList?: boolean;
}

/** The answers by option, and the options that are still missing. */
export interface Answers {
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly missing: readonly string[];
}

/** Asks for what was not given, one question each, if a person is at the terminal; else it is missing. */
export async function answersTo(
  needed: readonly Needed[],
  given: ReadonlyMap<string, readonly string[]>,
  terminal: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream } | null,
): Promise<Answers> {
  const answers = new Map(given);
  const open = needed.filter(({ option }) => (given.get(option) ?? []).length === 0);
  if (terminal !== null && open.length > 0) {
    const lines = createInterface(terminal);
    try {
      for (const { option, asks, isList = false } of open) {
        const line = (await lines.question(`${asks}: `)).trim();
        answers.set(option, isList ? line.split(/[\s,]+/).filter((word) => word !== '') : line === '' ? [] : [line]);
      }
    } finally {
      lines.close();
    }
  }
  return { given: answers, missing: open.map(({ option }) => option).filter((one) => !answers.get(one)?.length) };
}

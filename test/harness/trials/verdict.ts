/** The outcome of a trial. */
export interface Verdict {
  readonly name: string;
  readonly isPassed: boolean;
  /** The outcome in one or two words: `ok`, `FAILED`, `stopped`. */
  readonly word: string;
  readonly seconds: number;
  /** The evidence in one line; can be empty. */
  readonly says: string;
  /** Complaints and log lines of a failed trial. */
  readonly details: readonly string[];
}

const WORD_WIDTH = 8;
const NAME_WIDTH = 52;
const INDENT = ' '.repeat(9);

/** The lines that report a verdict; a failed one ends with the command to run it alone. */
export function verdictLines(verdict: Verdict, again: string): readonly string[] {
  const { name, isPassed, word, seconds, says, details } = verdict;
  const line = `${word.padEnd(WORD_WIDTH)} ${seconds.toFixed(1).padStart(6)} s  ${name.padEnd(NAME_WIDTH)}  ${says}`;
  if (isPassed) return [line.trimEnd()];
  return [line.trimEnd(), ...details.map((detail) => INDENT + detail), `${INDENT}Run it alone: ${again}`];
}

/** Shortens text to one line of at most `limit` characters. */
export function short(text: string, limit = 110): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}

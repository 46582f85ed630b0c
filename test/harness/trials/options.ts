/** Command-line options of a suite of trials. */
export interface TrialOptions {
  /** Print the result as one JSON line, and everything else to standard error. */
  readonly json: boolean;
  /** Print only the names. */
  readonly list: boolean;
  /** Names or parts of names, separated by `|`; empty for every trial. */
  readonly only: string;
  /** Seeds every random choice; null keeps the written order. */
  readonly seed: string | null;
  /** How many pairs of trials are drawn, besides the trials of the list; left out: as many as usual. */
  readonly pairs?: number;
  /** Number of sandboxes in parallel; each has four processes. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
  /** Prints progress for people. */
  readonly say: (line: string) => void;
  /** Prints the result. */
  readonly print: (line: string) => void;
}

/** Exit codes of a suite. */
export const PASSED = 0;
export const FAILED = 1;
export const WRONG_USE = 2;

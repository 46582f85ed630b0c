/** What the command line of a suite of trials asks for. */
export interface TrialOptions {
  /** Print the result as one JSON line, and everything else to standard error. */
  readonly json: boolean;
  /** Print the names, and run nothing of it. */
  readonly list: boolean;
  /** Names, or parts of names, separated by `|`; empty means every trial. */
  readonly only: string;
  /** Decides every draw; null where the suite keeps the order in which its trials are written. */
  readonly seed: string | null;
  /** Sandboxes that run at the same time; each has four processes. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
  /** Progress, for people. */
  readonly say: (line: string) => void;
  /** The result. */
  readonly print: (line: string) => void;
}

/** Exit codes of a suite. */
export const PASSED = 0;
export const FAILED = 1;
export const WRONG_USE = 2;

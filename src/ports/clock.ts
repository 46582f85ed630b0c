/** Time, as something that is given. */
export interface Clock {
  /** The time of day, which may be set while we run: for what people and records are told, never for how long something takes. */
  now(): Date;
  /** Milliseconds since some moment; they only ever grow, also while the time of day is set. */
  steadyMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Time, as an injected dependency. */
export interface Clock {
  /** The time of day, for people and records. It may jump when the clock is set, so never measure durations with it. */
  now(): Date;
  /** Monotonic milliseconds, for durations. */
  steadyMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A Redis server, and what the process may do there. Throws the failure `redis`. */
export interface RedisServer {
  look(): Promise<RedisFacts>;
  /** Tries every right of the process without using it. */
  rights(): Promise<RightsFound>;
}

export interface RedisFacts {
  readonly version: string;
  /** Settings that lose data, each as a sentence with the fix. */
  readonly bad: readonly string[];
  /** Settings that this server does not show. */
  readonly hidden: readonly string[];
  /** Its time of day less ours, in ms; accurate to half the latency. */
  readonly aheadMs: number;
  readonly latencyMs: number;
  readonly isTls: boolean;
}

export interface RightsFound {
  readonly tried: number;
  /** Commands that the process needs and may not use. */
  readonly missing: readonly string[];
  /** What it may do, but must not: other users' keys, administration. */
  readonly excess: readonly string[];
}

/** What is wrong with Redis: settings as sentences, and what the user may not use. */
export interface RedisFound {
  readonly bad: readonly string[];
  readonly missing: readonly string[];
}

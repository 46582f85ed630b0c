/** An expected archive on a target. */
export interface WantedFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** What to inspect on a target. */
export interface TargetQuery {
  /** The expected archives. A file of the right size is hashed. */
  readonly archives: readonly WantedFile[];
  /** `ip:port` of the registry. */
  readonly registryAddress: string;
  /** Other files to compare; nothing is to be copied there. */
  readonly others?: readonly WantedFile[];
  /** Other paths to check for existence. */
  readonly paths?: readonly string[];
}

/** What to inspect on a target. */
export interface TargetQuery {
  /** The expected archives. A file of the right size is hashed. */
  readonly archives: readonly { path: string; size: number; sha256: string }[];
  /** `ip:port` of the registry. */
  readonly registryAddress: string;
  /** Other paths to check for existence. */
  readonly paths?: readonly string[];
}

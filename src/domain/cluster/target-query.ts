/** What a look at a target is about. */
export interface TargetQuery {
  /** What should be there; a file of the right size is hashed. */
  readonly archives: readonly { path: string; size: number; sha256: string }[];
  /** `ip:port`, where a registry would listen. */
  readonly registryAddress: string;
  /** Other paths of which it is asked whether anything is there. */
  readonly paths?: readonly string[];
}

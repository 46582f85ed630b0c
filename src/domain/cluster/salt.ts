/** A Salt job id: 20 digits, the time it was made. */
export type Jid = string;

/** The first state that failed by itself (not for an unmet requisite), as the operator should read it. */
export interface FailedState {
  readonly id: string;
  readonly sls: string;
  readonly name: string;
  readonly comment: string;
}

/** Another state run that stands in the way. */
export interface RunningJob {
  readonly fun: string;
  readonly jid: Jid;
  readonly nodes: readonly string[];
}

/**
 * What one node answered to a state run, judged from JSON and exit code together
 * (Salt exits 0 when its master is down, when it is killed, and always with --static).
 */
export type SaltReturn =
  | { readonly is: 'ok'; readonly states: number; readonly changed: number }
  | { readonly is: 'failed'; readonly first: FailedState; readonly failed: number; readonly skipped: number }
  | { readonly is: 'conflict'; readonly says: string; readonly jids: readonly Jid[] }
  | { readonly is: 'not-run'; readonly why: 'render' | 'missing' | 'pillar'; readonly says: string }
  | { readonly is: 'no-return'; readonly says: string }
  | { readonly is: 'error'; readonly why: 'command' | 'not-available' | 'usage' | 'empty'; readonly says: string }
  | { readonly is: 'master-down'; readonly says: string }
  | { readonly is: 'lost'; readonly says: string };

/** A job as the master's job cache tells it: who was targeted, who has answered what. */
export interface SaltJob {
  readonly jid: Jid;
  readonly known: boolean;
  readonly targeted: readonly string[];
  readonly returns: Readonly<Record<string, SaltReturn>>;
}

/** One run of `salt-call` on a node. */
export interface StateRun {
  /** The same for the same attempt of the same step, and a file's name. */
  readonly name: string;
  /** Its last end is known and was not enough: that one is forgotten, and it runs once more. */
  readonly again: boolean;
  /** Told what is waited for. */
  readonly onWait: (says: string) => void;
}

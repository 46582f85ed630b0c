/** A Salt job ID: 20 digits, from its start time. */
export type Jid = string;

/** The first state that failed itself, not because of an unmet requisite. */
export interface FailedState {
  readonly id: string;
  readonly sls: string;
  readonly name: string;
  readonly comment: string;
}

/** Another state run that blocks ours. */
export interface RunningJob {
  readonly fun: string;
  readonly jid: Jid;
  readonly nodes: readonly string[];
}

/** What the minions themselves say of their state runs. A node that did not answer is in neither list: nobody knows what runs there. */
export interface StateRuns {
  readonly answered: readonly string[];
  readonly runs: readonly RunningJob[];
}

/** One node's result of a state run, from JSON and exit code: Salt exits 0 even if its master is down or it is killed. */
export type SaltReturn =
  | { readonly is: 'ok'; readonly states: number; readonly changed: number }
  | { readonly is: 'failed'; readonly first: FailedState; readonly failed: number; readonly skipped: number }
  | { readonly is: 'conflict'; readonly says: string; readonly jids: readonly Jid[] }
  | { readonly is: 'not-run'; readonly why: 'render' | 'missing' | 'pillar'; readonly says: string }
  | { readonly is: 'no-return'; readonly says: string }
  /** The minion answers, and knows nothing of the job. */
  | { readonly is: 'dropped'; readonly says: string }
  | {
      readonly is: 'error';
      readonly why: 'command' | 'not-available' | 'usage' | 'empty' | 'nobody';
      readonly says: string;
    }
  | { readonly is: 'master-down'; readonly says: string }
  | { readonly is: 'lost'; readonly says: string };

/** A job in the master's job cache: the targeted minions, and the returns so far. */
export interface SaltJob {
  readonly jid: Jid;
  readonly known: boolean;
  readonly targeted: readonly string[];
  readonly returns: Readonly<Record<string, SaltReturn>>;
}

/** One run of `salt-call` on a node. */
export interface StateRun {
  /** Identifies the attempt of a step; also a file name. */
  readonly name: string;
  /** Discard the previous result and run again. */
  readonly again: boolean;
  /** Called with the reason for each wait. */
  readonly onWait: (says: string) => void;
}

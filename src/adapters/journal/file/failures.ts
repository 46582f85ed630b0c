import { Failure } from '../../../domain/answers/failure.ts';
import type { FailureReport } from '../../../domain/answers/failure-report.ts';

/** The journal on disk is not what was written to it: nothing is done until a person has looked. */
export class JournalDamaged extends Failure {
  override readonly name = 'JournalDamaged';
  override readonly of = 'record';
  readonly path: string;
  readonly line: number;
  readonly what: string;

  constructor(path: string, line: number, what: string, options?: ErrorOptions) {
    super(`${path}, line ${line}: ${what}`, options);
    this.path = path;
    this.line = line;
    this.what = what;
  }

  override report(): FailureReport {
    return {
      kind: 'journal-damaged',
      where: this.path,
      what: `Line ${this.line} of the journal ${this.what}.`,
      next:
        'Find out who or what changed the file (disk, backup, a person). To go on, move the file away, and the ' +
        'numbered ones beside it: a new journal begins, and changes that are still open have to be asked for again.',
    };
  }
}

/** Another worker writes this journal. */
export class JournalLocked extends Failure {
  override readonly name = 'JournalLocked';
  override readonly of = 'record';
  readonly path: string;
  /** As that process sees itself, which from a container is another number than from outside. */
  readonly pid: number | null;

  constructor(path: string, pid: number | null) {
    super(`${path} is in use by ${processOf(pid)}`);
    this.path = path;
    this.pid = pid;
  }

  override report(): FailureReport {
    return {
      kind: 'journal-locked',
      where: this.path,
      what: `${processOf(this.pid)} writes this journal already.`,
      next: 'Run one worker only: stop the other one, then start this one again.',
    };
  }
}

const processOf = (pid: number | null): string => (pid === null ? 'Another process' : `Process ${pid}`);

/** The journal's file or folder cannot be used. */
export class JournalUnusable extends Failure {
  override readonly name = 'JournalUnusable';
  override readonly of = 'record';
  readonly path: string;
  readonly what: string;
  readonly next: string;

  constructor(path: string, what: string, next: string, options?: ErrorOptions) {
    super(`${path}: ${what}`, options);
    this.path = path;
    this.what = what;
    this.next = next;
  }

  override report(): FailureReport {
    return { kind: 'journal-unusable', where: this.path, what: this.what, next: this.next };
  }
}

import { Failure, PlainFailure } from '../../../domain/answers/failure.ts';
import type { FailureReport } from '../../../domain/answers/failure-report.ts';

/** The journal on disk is not what was written to it: nothing is done until a person has looked. */
export function journalDamaged(path: string, line: number, what: string): PlainFailure {
  return new PlainFailure('journal-damaged', {
    where: path,
    what: `Line ${line} of the journal ${what}.`,
    next:
      'Find out who or what changed the file (disk, backup, a person). To go on, move the file away, and the ' +
      'numbered ones beside it: a new journal begins, and changes that are still open have to be asked for again.',
  });
}

/** Nothing is run by a journal of which a part is not understood: it may hold approvals that were used. */
export function journalNewer(path: string, line: number, change: string | undefined): PlainFailure {
  return new PlainFailure('journal-newer', {
    where: path,
    what: `Line ${line} of the journal${change === undefined ? '' : `, about ${change},`} was written by a newer version of registry-ha.`,
    next: 'Update registry-ha on this node to that version. Its worker plans and runs nothing until then.',
  });
}

/** The journal's file or folder cannot be used. */
export const journalUnusable = (path: string, what: string, next: string, options?: ErrorOptions): PlainFailure =>
  new PlainFailure('journal-unusable', { where: path, what, next }, options);

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

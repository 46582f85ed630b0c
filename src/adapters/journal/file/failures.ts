import { Failure, PlainFailure } from '../../../domain/answers/failure.ts';
import type { FailureReport } from '../../../domain/answers/failure-report.ts';
import type { ChangeId } from '../../../domain/change/change.ts';

/** The journal on disk was changed: no change runs until a person has checked it. */
export function journalDamaged(path: string, line: number, what: string): PlainFailure {
  return new PlainFailure('journal-damaged', {
    where: path,
    what: `Line ${line} of the journal ${what}.`,
    next:
      'Find out what changed the file: a disk fault, a restored backup or a person. To continue, move the file and the ' +
      'numbered files beside it to another folder. The worker starts a new journal; request open changes again.',
  });
}

/** The worker runs nothing while it cannot read a part of the journal, which may contain used approvals. */
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

/** Nothing of another cluster's journal may be resumed here: its steps name nodes of that cluster. */
export const journalOfAnother = (path: string, cluster: string, change: ChangeId): PlainFailure =>
  journalUnusable(
    path,
    `The journal has the change ${change}, which is not of the cluster ${cluster} of this worker.`,
    `If the journal was copied from another cluster, put the one of ${cluster} back: docs/upgrade.md, “Restore”. If the cluster was renamed, move the file and the numbered files beside it to another folder, and keep them for audits. The worker starts a new journal.`,
  );

/** Another worker holds this journal. */
export class JournalLocked extends Failure {
  override readonly name = 'JournalLocked';
  override readonly of = 'record';
  readonly path: string;
  /** The process's own PID, which differs outside its container. */
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
      what: `${processOf(this.pid)} already uses this journal.`,
      next: 'Run only one worker: stop the other worker, then start this worker again.',
    };
  }
}

const processOf = (pid: number | null): string => (pid === null ? 'Another process' : `Process ${pid}`);

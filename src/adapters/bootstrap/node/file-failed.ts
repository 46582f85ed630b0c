import { Failure } from '../../../domain/answers/failure.ts';
import type { FailureReport } from '../../../domain/answers/failure-report.ts';
import { RETRY_HINT } from '../../../domain/answers/retry-hint.ts';

/** A file of the bootstrap node could not be read to its end as it was. */
export class FileFailed extends Failure {
  override readonly name = 'FileFailed';
  readonly path: string;
  readonly why: string;

  constructor(path: string, why: string, options?: ErrorOptions) {
    super(`${path}: ${why}`, options);
    this.path = path;
    this.why = why;
  }

  override report(): FailureReport {
    return {
      kind: 'bootstrap-file',
      where: 'the bootstrap node',
      what: `${this.path} could not be read: ${this.why}.`,
      next: `See that the file is there, whole and left alone, then ${RETRY_HINT}: what is done stays done.`,
    };
  }
}

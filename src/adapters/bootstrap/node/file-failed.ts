import { PlainFailure } from '../../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../../domain/answers/retry-hint.ts';

/** A file of the bootstrap node cannot be read, or changed while it was read. */
export function fileFailed(path: string, why: string, options?: ErrorOptions): PlainFailure {
  const report = {
    where: 'the bootstrap node',
    what: `${path} could not be read: ${why}.`,
    next: `Make sure that the file is complete and nothing changes it, then ${RETRY_HINT}. Completed steps are not repeated.`,
  };
  return new PlainFailure('bootstrap-file', report, options);
}

import { PlainFailure } from '../../../domain/answers/failure.ts';
import { RETRY_HINT } from '../../../domain/answers/retry-hint.ts';

/** A file of the bootstrap node could not be read to its end as it was. */
export function fileFailed(path: string, why: string, options?: ErrorOptions): PlainFailure {
  const told = {
    where: 'the bootstrap node',
    what: `${path} could not be read: ${why}.`,
    next: `See that the file is there, whole and left alone, then ${RETRY_HINT}: what is done stays done.`,
  };
  return new PlainFailure('bootstrap-file', told, options);
}

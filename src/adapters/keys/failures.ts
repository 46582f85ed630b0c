import { PlainFailure } from '../../domain/answers/failure.ts';

/** A key file, or a key in it, cannot be used. */
export const keyUnusable = (where: string, what: string, next: string, options?: ErrorOptions): PlainFailure =>
  new PlainFailure('key-unusable', { where, what, next }, options);

import type { Change } from '../../domain/change/change.ts';

/** What Cancel does at this moment, and the answer that keeps things as they are: nobody reads it as “go on with cancelling”. */
export function cancelWords({ state }: Pick<Change, 'state'>): { readonly what: string; readonly no: string } {
  switch (state) {
    case 'failed':
      return { what: 'It is closed and cannot be retried any more. What is done stays done.', no: 'Keep it open' };
    case 'approved':
      return {
        what: 'It is over at once; if it has begun by then, it stops at the next safe point. What is done stays done.',
        no: 'Keep it',
      };
    default:
      return { what: 'It stops at the next safe point. What is done stays done.', no: 'Keep it running' };
  }
}

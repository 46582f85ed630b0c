import type { Change } from '../../domain/change/change.ts';

const STAYS = 'Completed steps stay completed.';

/** What Cancel does in this state, and a label for the other answer that cannot be read as “cancel”. */
export function cancelWords({ state }: Pick<Change, 'state'>): { readonly what: string; readonly no: string } {
  switch (state) {
    case 'failed':
      return { what: `Nobody can retry it any more. ${STAYS}`, no: 'Keep it open' };
    case 'approved':
      return {
        what: `It ends at once. If it has started by then, it stops at the next safe point. ${STAYS}`,
        no: 'Keep it',
      };
    default:
      return { what: `It stops at the next safe point. ${STAYS}`, no: 'Keep it running' };
  }
}

import type { Change, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { openBeside } from '../../domain/questions/plan/beside.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/record.ts';

/** The open changes of the same nodes, wherever they were requested, as far as the journal knows: it has no denial of Slack. */
export async function rivalsHere(
  change: Pick<Change, 'id' | 'intent' | 'plan'>,
  { journal, clock }: { readonly journal: Pick<Journal, 'unsettled' | 'events'>; readonly clock: Clock },
): Promise<readonly ChangeId[]> {
  const ids = await journal.unsettled();
  const others = await Promise.all(ids.map(async (id) => changeFrom(await journal.events(id)) ?? []));
  return openBeside(change, others.flat(), clock.now());
}

import { refuse } from '../../answers/refusal.ts';
import { notHalfWay, type Undoing } from '../half-way.ts';
import { syncAgain } from './again.ts';

/** A `sync` is never undone: the registry was there before, and its earlier state is not kept. */
export const undoingASync: Undoing = (change) => {
  const { id } = change;
  const done = () => refuse('not-undoable', `${id} is done. The earlier state of the registries was not kept.`);
  return (
    notHalfWay(change, done) ??
    refuse(
      'not-undoable',
      `${id} changed registries that existed before it. Their previous state cannot be restored.`,
      `Complete it: click Retry from here on its card, or run ${syncAgain(change.intent)} again.`,
    )
  );
};

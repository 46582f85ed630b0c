import { refuse } from '../../answers/refusal.ts';
import { listed } from '../../text/format.ts';
import { notHalfWay, type Undoing } from '../half-way.ts';

/** A `remove` is never undone: `add` brings the registry back, with every check of its own. */
export const undoingARemove: Undoing = (change) => {
  const { id, intent } = change;
  const add = `\`/registry-ha add ${intent.nodes.join(' ')}\``;
  const done = () =>
    refuse('not-undoable', `${id} is done: it took away what it was to remove.`, `To bring the registry back: ${add}.`);
  return (
    notHalfWay(change, done) ??
    refuse(
      'not-undoable',
      `${id} took away part of the registry of ${listed(intent.nodes)}. An undo cannot restore it.`,
      `Complete it: click Retry from here on its card, or request the same remove again. Or bring the registry back: ${add}.`,
    )
  );
};

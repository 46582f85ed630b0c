import { refuse } from '../../answers/refusal.ts';
import { listed } from '../../text/format.ts';
import { notHalfWay, removal, type Undoing } from '../half-way.ts';

/** An `add` that stopped half-way can be undone. */
export const undoingAnAdd: Undoing = (change) =>
  notHalfWay(change, ({ id, intent: { nodes } }) =>
    refuse(
      'not-undoable',
      `${id} is done: ${listed(nodes)} ${nodes.length === 1 ? 'has its registry' : 'have their registries'}. An undo is only for changes that stopped half-way.`,
      removal(nodes),
    ),
  );

import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import type { ChangeId } from '../../change/change.ts';
import { clusterOf, isChangeId } from '../../change/change-id.ts';
import { clipped } from '../../text/clipped.ts';
import { nearest } from '../../text/nearest.ts';
import type { ChangeWish } from '../../typed/change-wish.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import { reasonIn, type TypedWords } from '../../typed/flags.ts';

const EXAMPLE = 'Its id stands on its card. For example: /registry-ha undo lab-7f3k2q';

/** What was typed after `undo`: the ID of one change, and why. */
export function parseUndo(words: TypedWords, { clusters }: CommandContext): ChangeWish | Refusal {
  const [first, ...more] = words.plain;
  if (first === undefined) return bad('Which change is undone? No ID is named.');
  if (more.length > 0) return bad('One undo is for one change, but several IDs are named.');
  if (words.flags.has('--cluster')) return bad('The ID of a change names its cluster: leave --cluster out.');
  const undoes = idFrom(first, clusters);
  if (typeof undoes !== 'string') return undoes;
  const reason = reasonIn(words);
  return isRefusal(reason) ? reason : { is: 'undo-of', undoes, ...reason };
}

/** Copied from a card, an id may have its backticks with it. */
function idFrom(word: string, clusters: readonly string[]): ChangeId | Refusal {
  const id = word.replaceAll('`', '').toLowerCase();
  if (!isChangeId(id)) return bad(`“${clipped(word)}” is not the id of a change.`);
  const cluster = clusterOf(id);
  if (clusters.includes(cluster)) return id;
  const meant = nearest(cluster, clusters);
  const question = meant === null ? '' : ` Did you mean “${meant}${id.slice(cluster.length)}”?`;
  return refuse(
    'unknown-change',
    `No cluster “${cluster}” is served here, so there is no change ${id}.${question}`,
    EXAMPLE,
  );
}

const bad = (says: string): Refusal => refuse('bad-command', says, EXAMPLE);

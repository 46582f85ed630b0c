import { isRefusal, type Refusal, refuse } from '../../answers/refusal.ts';
import type { ChangeId } from '../../change/change.ts';
import { clusterOf, isChangeId } from '../../change/change-id.ts';
import { clipped } from '../../text/clipped.ts';
import { nearest } from '../../text/nearest.ts';
import type { ChangeWish } from '../../typed/change-wish.ts';
import type { CommandContext } from '../../typed/cluster.ts';
import { reasonIn, type TypedWords } from '../../typed/flags.ts';

const EXAMPLE = 'Copy the ID from the card. For example: `/registry-ha undo lab-7f3k2q`.';

/** Parses the words after `undo`: the ID of one change, and the reason. */
export function parseUndo(words: TypedWords, { clusters }: CommandContext): ChangeWish | Refusal {
  const [first, ...more] = words.plain;
  if (first === undefined) return bad('The ID of the change is missing.');
  if (more.length > 0) return bad('An undo takes one change ID, but the command has several.');
  if (words.flags.has('--cluster')) return bad('Leave out `--cluster`: the change ID contains the cluster.');
  const undoes = idFrom(first, clusters);
  if (typeof undoes !== 'string') return undoes;
  const reason = reasonIn(words);
  return isRefusal(reason) ? reason : { is: 'undo-of', undoes, ...reason };
}

/** An ID copied from a card may include its backticks. */
function idFrom(word: string, clusters: readonly string[]): ChangeId | Refusal {
  const id = word.replaceAll('`', '').toLowerCase();
  if (!isChangeId(id)) return bad(`“${clipped(word)}” is not a change ID.`);
  const cluster = clusterOf(id);
  if (clusters.includes(cluster)) return id;
  const meant = nearest(cluster, clusters);
  const question = meant === null ? '' : ` Did you mean “${meant}${id.slice(cluster.length)}”?`;
  return refuse(
    'unknown-change',
    `The bot serves no cluster “${cluster}”, so there is no change ${id}.${question}`,
    EXAMPLE,
  );
}

const bad = (says: string): Refusal => refuse('bad-command', says, EXAMPLE);

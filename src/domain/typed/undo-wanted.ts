import { isRefusal, type Refusal, refuse } from '../answers/refusal.ts';
import type { ChangeId } from '../change/change.ts';
import { clusterOf, isChangeId } from '../change/change-id.ts';
import { clipped } from '../text/clipped.ts';
import { nearest } from '../text/nearest.ts';
import { reasonFrom } from './reason.ts';

/** Somebody wants a change undone; what it was about, its record tells. */
export interface UndoWanted {
  readonly undoes: ChangeId;
  readonly reason?: string;
}

const EXAMPLE = 'Its id stands on its card. For example: /registry-ha undo lab-7f3k2q';

/** What was typed after `undo`: the id of one change, and why. */
export function undoWanted(
  plain: readonly string[],
  flags: ReadonlyMap<string, string>,
  clusters: readonly string[],
): UndoWanted | Refusal {
  const [first, ...more] = plain;
  if (first === undefined) return bad('Which change is undone? No id is named.');
  if (more.length > 0) return bad('One undo takes back one change; several ids are named.');
  if (flags.has('--cluster')) return bad('The id of a change tells its cluster; leave --cluster out.');
  const undoes = idFrom(first, clusters);
  if (typeof undoes !== 'string') return undoes;
  const typed = flags.get('--reason');
  if (typed === undefined) return { undoes };
  const reason = reasonFrom(typed);
  return isRefusal(reason) ? reason : { undoes, reason };
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

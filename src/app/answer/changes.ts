import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import type { Change, ChangeId } from '../../domain/change/change.ts';
import { touchedNodes } from '../../domain/policy/hold.ts';
import type { ListedChange } from '../../domain/questions/change-line.ts';
import type { ChangesAsk, ChangesKnown } from '../../domain/questions/changes/changes.ts';
import type { Asker } from '../ask/asker.ts';
import type { ClusterPorts } from '../ask/request-change.ts';
import type { AnswerPorts, Gather } from './gather.ts';
import { visibleClusters } from './visible-clusters.ts';

/** Lines of one answer; more do not fit in one message of Slack. */
const MOST_LISTED = 20;
/** Records that are read for one answer. */
const MOST_READ = 200;

/** The changes that were asked for, newest first. */
export const knownForChanges: Gather<'changes'> = (ask, asker, ports) => listedFor(ask, asker, ports, MOST_LISTED);

/** What was done on a node: the changes that name it or touch it, newest first. A file takes those that do not fit in a message. */
export const knownForHistory: Gather<'history'> = async (ask, asker, ports) => {
  const all = { cluster: ask.cluster, which: 'all', onlyMine: false, node: ask.node } as const;
  const known = await listedFor(all, asker, ports, MOST_READ);
  return isRefusal(known) ? known : { ask, found: known.found, from: 'records', isCut: known.isCut };
};

async function listedFor(
  ask: ChangesAsk,
  asker: Asker,
  ports: AnswerPorts,
  most: number,
): Promise<ChangesKnown | Refusal> {
  const clusters = await visibleClusters(ask.cluster, asker, ports);
  if (isRefusal(clusters)) return clusters;
  const each = await Promise.all(clusters.map((name) => foundIn({ name, most }, ask, asker, ports)));
  const all = each.flatMap(({ found }) => found).toSorted((a, b) => (a.requestedAt < b.requestedAt ? 1 : -1));
  const shown = all.slice(0, most);
  const isCut = all.length > shown.length || each.some((one) => one.isCut);
  return { ask, clusters, found: await Promise.all(shown.map((change) => listedChange(change, ports))), isCut };
}

/** The change with its card's place, and what it waits for. */
export async function listedChange(change: Change, { cards, clusters }: AnswerPorts): Promise<ListedChange> {
  const { queue } = clusters.get(change.intent.cluster) ?? {};
  const isWaiting = change.state === 'requested' || change.state === 'approved';
  const [card, waitsFor] = await Promise.all([
    cards.known(change.id),
    isWaiting && queue !== undefined ? queue.ahead(change.id) : [],
  ]);
  return { change, card, waitsFor: waitsFor.filter((id) => id !== change.id) };
}

async function foundIn(
  { name, most }: { readonly name: string; readonly most: number },
  ask: ChangesAsk,
  { by }: Asker,
  { clusters }: AnswerPorts,
): Promise<{ readonly found: readonly Change[]; readonly isCut: boolean }> {
  const cluster = clusters.get(name);
  if (cluster === undefined) return { found: [], isCut: false };
  const { changes } = cluster;
  const ids = await changes.recent(MOST_READ);
  const found: Change[] = [];
  for (const id of ids) {
    const change = await readable(id, cluster);
    if (change !== null && isWanted(change, ask, by.id)) found.push(change);
    if (found.length > most) break;
  }
  return { found, isCut: ids.length === MOST_READ };
}

/** Null for a change whose record is gone or not trusted: its card says so. */
async function readable(id: ChangeId, { changes }: Pick<ClusterPorts, 'changes'>): Promise<Change | null> {
  const stored = await changes.get(id);
  return stored === null || stored.doubt !== undefined ? null : stored.change;
}

/** Whether the change is among those that were asked for. */
export function isWanted(change: Change, { which, onlyMine, node }: ChangesAsk, asker: string): boolean {
  const isOpen = change.endedAt === undefined || change.state === 'failed';
  if (which === 'open' && !isOpen) return false;
  if (onlyMine && change.requester.id !== asker) return false;
  return node === null || touchedNodes(change).includes(node);
}

import { isRefusal } from '../../domain/answers/refusal.ts';
import type { Person } from '../../domain/change/approval.ts';
import type { Change } from '../../domain/change/change.ts';
import type { HomeKnown } from '../../domain/questions/home/home.ts';
import type { Homing } from '../ask/asker.ts';
import { callsFor } from '../policy/calls.ts';
import { NO_HOLDS } from '../policy/policy-context.ts';
import { rightsOf } from '../policy/rights.ts';
import { knownForChanges } from './changes.ts';
import type { AnswerPorts } from './gather.ts';
import { knownForStatus } from './status.ts';

/** Lines of each part. */
const MOST = 10;

const NOTHING: HomeKnown = { clusters: [], waiting: [], open: [], ended: [] };

/** What the person may see, as it was known last: no inspection is asked for. */
export const homing =
  (ports: AnswerPorts): Homing =>
  async (by) => {
    const asker = { by, channel: null };
    const [status, changes] = await Promise.all([
      knownForStatus({ cluster: null }, asker, ports),
      knownForChanges({ cluster: null, which: 'all', onlyMine: false, node: null }, asker, ports),
    ]);
    if (isRefusal(status) || isRefusal(changes)) return NOTHING;
    const isOpen = ({ endedAt, state }: Change) => endedAt === undefined || state === 'failed';
    const open = changes.found.filter(({ change }) => isOpen(change));
    const mine = await Promise.all(open.map(async (one) => [one, await waitsFor(by, one.change, ports)] as const));
    return {
      clusters: status.clusters,
      waiting: mine.flatMap(([one, waits]) => (waits ? [one] : [])).slice(0, MOST),
      open: mine.flatMap(([one, waits]) => (waits ? [] : [one])).slice(0, MOST),
      ended: changes.found.filter(({ change }) => !isOpen(change)).slice(0, MOST),
    };
  };

/** Whether a decision of this person is wanted now. */
async function waitsFor(by: Person, change: Change, ports: AnswerPorts): Promise<boolean> {
  const { state, requester, intent } = change;
  if (state !== 'planned' && state !== 'failed') return false;
  if (state === 'failed' && requester.id === by.id) return true;
  const of = ports.clusters.get(intent.cluster);
  if (of === undefined) return false;
  const { users, groups } = (await callsFor(change, of)).toDecide;
  if (users.includes(by.id) || groups.length === 0) return users.includes(by.id);
  // A large group is named as a whole.
  const { mayApprove } = await rightsOf(intent.cluster, by, null, { ...ports, ...of, holds: NO_HOLDS });
  const isOut = requester.id === by.id || change.votes.some(({ id }) => id === by.id);
  return mayApprove.includes(intent.verb) && !isOut;
}

import type { Change } from '../../domain/change/change.ts';
import type { WorkerState } from '../../domain/cluster/worker-state.ts';
import { count } from '../../domain/text/format.ts';
import type { CardView, Status } from '../parts/card-view.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { moment, person } from '../text/names.ts';
import { named } from './doubted-entries.ts';

/** The status of an open change whose worker is silent or blocked; null for any other change. */
export function workerOutage({ change, worker }: CardView): Status | null {
  const lead = LEADS[change.state];
  if (lead === undefined || worker === undefined || worker.is === 'there') return null;
  const said =
    worker.is === 'hindered' ? { lead: 'Blocked.', why: escaped(worker.says) } : { lead, why: unheard(worker, change) };
  return { lead: said.lead, rest: [...soFar(change), said.why, ...wish(change)].join(' ') };
}

const LEADS: Partial<Record<Change['state'], string>> = {
  requested: 'No worker answers.',
  approved: 'No worker answers.',
  applying: 'Interrupted.',
};

function unheard(worker: Extract<WorkerState, { is: 'silent' | 'unverified' | 'newer' }>, change: Change): string {
  if (worker.is === 'silent') return silence(worker.since, change);
  if (worker.is === 'newer')
    return `A newer version of registry-ha wrote the heartbeat of the worker of cluster ${escaped(change.intent.cluster)}. Update this bot. The change continues without it.`;
  return `The heartbeat of the worker of cluster ${escaped(change.intent.cluster)} in Redis has no valid signature. Check that ${code('workerKeys')} of the bot has this worker’s public key. If it has, find out who else writes to Redis.`;
}

function silence(since: string | null, { intent }: Change): string {
  const heard = since === null ? 'has never sent a heartbeat' : `has sent no heartbeat since ${moment(since)}`;
  return `The worker of cluster ${escaped(intent.cluster)} ${heard}. Check ${code('systemctl status registry-ha-worker')} on the bootstrap node. The change resumes by itself when the worker is back.`;
}

function soFar({ startedAt, plan, steps }: Change): readonly string[] {
  if (startedAt === undefined) return ['No step has started.'];
  const all = plan?.approved.steps ?? [];
  const finished = all.filter(({ id }) => steps[id]?.is === 'done').length;
  return [`${finished} of ${count(all.length, 'step')} done.`];
}

const wish = ({ cancelAskedBy }: Change): readonly string[] =>
  cancelAskedBy === undefined
    ? []
    : [`${person(cancelAskedBy)} asked to cancel. The change then stops at the next safe point.`];

/** Shown by a bot that cannot read the record. A newer bot redraws the card. */
export const UNREADABLE = 'newer version';

const UNSIGNED = 'unsigned ';

/** True for a card that a bot with another key, or of another version, would draw without a new entry. */
export const mayBecomeReadable = (aside: string): boolean => aside === UNREADABLE || isUnsigned(aside);

/** True if the card warns of entries without a valid signature. */
export const isUnsigned = (aside: string): boolean => aside.startsWith(UNSIGNED);

/** What a card shows besides the record; a new value means that the card must be redrawn. */
export function asideOf({ change, worker, doubt, activeHolds }: CardView): string {
  // Without a new entry, the bot may get the key that was missing.
  if (doubt?.is === 'newer') return UNREADABLE;
  if (doubt !== undefined) return `${UNSIGNED}${named(doubt.entries)} ${change.state}`;
  const word = worker === undefined ? '' : wordFor(worker);
  return word === '' ? (activeHolds?.heldBack ?? '') : word;
}

const LONG = ' for long';

/** When the worker fell silent, if people were called for that; null when they were not. */
export const calledForSilence = (aside: string): string | null =>
  aside.startsWith('silent ') && aside.endsWith(LONG) ? aside.slice('silent '.length, -LONG.length) : null;

/** A worker's state as a text; equal texts look the same on the card. */
export function wordFor(worker: WorkerState): string {
  switch (worker.is) {
    case 'there':
      return '';
    case 'silent':
      return `silent ${worker.since ?? 'ever'}${worker.isLong === true ? LONG : ''}`;
    case 'unverified':
    case 'newer':
      return worker.is;
    case 'hindered':
      return `hindered ${worker.says}`;
  }
}

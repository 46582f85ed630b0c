import type { Change } from '../../domain/change/change.ts';
import type { WorkerState } from '../../domain/cluster/worker-state.ts';
import { count } from '../../domain/text/format.ts';
import type { CardView, Status } from '../parts/card-view.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { moment, person } from '../text/names.ts';

/** How a change stands that nobody works on though somebody should; null for any other. */
export function workerOutage({ change, worker }: CardView): Status | null {
  const lead = LEADS[change.state];
  if (lead === undefined || worker === undefined || worker.is === 'there') return null;
  const why = worker.is === 'silent' ? silence(worker.since, change) : escaped(worker.says);
  return { lead: worker.is === 'silent' ? lead : 'Held up.', rest: [...soFar(change), why, ...wish(change)].join(' ') };
}

const LEADS: Partial<Record<Change['state'], string>> = {
  requested: 'No worker answers.',
  approved: 'No worker answers.',
  applying: 'Interrupted.',
};

function silence(since: string | null, { intent }: Change): string {
  const heard = since === null ? 'has never been heard of' : `has not been heard of since ${moment(since)}`;
  return `The worker of cluster ${escaped(intent.cluster)} ${heard}. The change goes on by itself when the worker is back: look at ${code('systemctl status registry-ha-worker')} on the bootstrap node.`;
}

function soFar({ startedAt, plan, steps }: Change): readonly string[] {
  if (startedAt === undefined) return ['Nothing has been started.'];
  const all = plan?.approved.steps ?? [];
  const finished = all.filter(({ id }) => steps[id]?.is === 'done').length;
  return [`${finished} of ${count(all.length, 'step')} done.`];
}

const wish = ({ cancelAskedBy }: Change): readonly string[] =>
  cancelAskedBy === undefined
    ? []
    : [`${person(cancelAskedBy)} asked to cancel; then it stops at the next safe point.`];

/** What a bot shows that cannot read the record; a newer one draws it anew. */
export const UNREADABLE = 'newer version';

/** What a card shows besides the record: other words are another card. */
export function asideOf({ worker, doubt }: CardView): string {
  if (doubt?.is === 'newer') return UNREADABLE;
  return worker === undefined ? '' : wordFor(worker);
}

/** A worker's state as one word, equal when it would be shown equally. */
export function wordFor(worker: WorkerState): string {
  switch (worker.is) {
    case 'there':
      return '';
    case 'silent':
      return `silent ${worker.since ?? 'ever'}`;
    case 'hindered':
      return `hindered ${worker.says}`;
  }
}

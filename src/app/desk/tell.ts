import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Change, ChangeId } from '../../domain/change/change.ts';
import { endsChange } from '../../domain/change/effect.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { planFile } from '../../domain/questions/plan/plan-file.ts';
import { progressLine, runLine } from '../../domain/questions/run-words.ts';
import type { Talk } from '../../domain/wish/terminal-talk.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal } from '../../ports/record.ts';
import { limited } from '../here/limited.ts';
import type { LocalChanges, RunListener } from './local-changes.ts';
import type { LocalRuns } from './local-runs.ts';

export interface TellPorts {
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'events' | 'unsettled'>;
  readonly local: LocalChanges;
  readonly runs: LocalRuns;
}

/** Shows the plan, and waits until a person has confirmed exactly this one. False if nobody does before it expires. */
export async function confirmed(
  change: Change,
  says: string,
  talk: Talk,
  { clock }: Pick<TellPorts, 'clock'>,
  ending: AbortSignal,
): Promise<boolean> {
  const { id, digest } = change;
  const file = planFile(change);
  if (file === null || digest === undefined) return false;
  talk.says({ is: 'plan', change: id, cluster: change.intent.cluster, digest, text: file.text, says });
  const answer = await limited(untilExpiry(change, clock), clock, ending, (until) => talk.hears(until));
  return answer?.confirms === digest;
}

/** Tells what a change does, from now until `stop`. */
export function follow(id: ChangeId, talk: Talk, { local }: Pick<TellPorts, 'local'>) {
  const [begun, ended] = [new AbortController(), new AbortController()];
  const listener: RunListener = {
    entry({ change }, event) {
      const says = runLine(change, event);
      if (says !== null) talk.says({ is: 'step', change: id, says });
      if (event.type === 'approved') begun.abort();
      if (endsChange(event)) ended.abort();
    },
    progress: ({ change }, progress) => talk.says({ is: 'progress', change: id, ...progressLine(change, progress) }),
  };
  return { stop: local.listen(id, listener), begun: begun.signal, ended: ended.signal };
}

/** Tells what a change does until it ends, its plan expires without an approval, or nobody listens. `act` is done first. */
export async function followUntilEnd(
  id: ChangeId,
  talk: Talk,
  { local, journal, clock }: Pick<TellPorts, 'local' | 'journal' | 'clock'>,
  ending: AbortSignal,
  act = async (): Promise<void> => undefined,
): Promise<void> {
  const { stop, begun, ended } = follow(id, talk, { local });
  const over = AbortSignal.any([ended, talk.gone, ending]);
  try {
    await act();
    const change = changeFrom(await journal.events(id));
    if (change === null || change.endedAt !== undefined) return;
    const left = untilExpiry(change, clock);
    const isOpen = change.state === 'planned' && (await slept(left, clock, AbortSignal.any([over, begun])));
    if (!isOpen) await aborted(over);
    ending.throwIfAborted();
  } finally {
    stop();
  }
}

/** Nobody sits before a plan for longer, however long it lives. */
const MOST_WAIT_MS = 24 * 3_600_000;

const untilExpiry = ({ planExpires = '' }: Change, clock: Clock): number =>
  Math.min(MOST_WAIT_MS, Math.max(0, Date.parse(planExpires) - clock.now().getTime() || 0));

/** False if it was aborted before. */
const slept = (ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> =>
  clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** What keeps a change from its turn: the refusal, or another change. */
export function tellBegun(begun: { readonly busyWith: ChangeId } | Refusal, talk: Talk): Refusal | null {
  if ('refused' in begun) return begun;
  talk.says({ is: 'busy', change: begun.busyWith });
  return null;
}

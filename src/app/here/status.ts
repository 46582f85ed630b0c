import { Failure } from '../../domain/answers/failure.ts';
import { isRefusal } from '../../domain/answers/refusal.ts';
import { NOTHING_HELD } from '../../domain/policy/active-holds.ts';
import type { ListedChange } from '../../domain/questions/change-line.ts';
import { judge } from '../../domain/questions/status/judge.ts';
import type { StatusKnown } from '../../domain/questions/status/status.ts';
import { inspectAll } from '../watch/inspect-all.ts';
import { changesHere } from './changes.ts';
import { limited } from './limited.ts';
import type { HerePorts } from './ports.ts';

/** Limit of the inspection, as for the worker's own. */
const LIMIT_MS = 60_000;

/** Inspects the cluster as the worker does for `status`. What cannot be read is unknown: it never throws for the cluster or the journal. */
export async function statusHere(ports: HerePorts, signal: AbortSignal): Promise<StatusKnown> {
  const { cluster, clock } = ports;
  const inspecting = limited(LIMIT_MS, clock, signal, (until) =>
    inspectAll({ ...ports, now: () => clock.now() }, until),
  );
  const [inspection, worker, { open, unread }] = await Promise.all([inspecting, ports.worker(), openChanges(ports)]);
  const seen = { is: 'seen', status: judge(inspection), ageMs: 0, answers: 0 } as const;
  const here = { unread };
  return { clusters: [{ cluster, seen, worker, open, here, held: NOTHING_HELD, windows: [], fresh: 'none' }] };
}

interface OpenChanges {
  readonly open: readonly ListedChange[];
  readonly unread: string | null;
}

/** A journal that is missing or damaged does not keep anybody from seeing the cluster. */
async function openChanges(ports: HerePorts): Promise<OpenChanges> {
  const ask = { cluster: ports.cluster, which: 'open', onlyMine: false, node: null } as const;
  try {
    const known = await changesHere(ask, ports);
    return { open: isRefusal(known) ? [] : known.found, unread: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { what, next } = error.report();
    return { open: [], unread: `${what} ${next}` };
  }
}

import { untrustedBot } from '../../domain/answers/bot-key.ts';
import { clocksApart } from '../../domain/answers/clocks.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import {
  type Heard,
  isHeard,
  SILENT_AFTER_MS,
  SLOW_ANSWER_MS,
  type WorkerState,
  workerState,
} from '../../domain/cluster/worker-state.ts';
import type { Heartbeat } from '../../ports/cards.ts';
import type { Clock } from '../../ports/clock.ts';

/** What a heartbeat says when the bot looks at it. */
export interface WorkerLook {
  readonly state: WorkerState;
  /** Its age by Redis' clock; null if there is none that counts, or nobody knows. */
  readonly silentMs: number | null;
  /** Why changes are refused for the clocks; null while they agree, or nobody knows. */
  readonly clocks: Refusal | null;
  /** Why changes are refused for the bot's key; null while the worker accepts it, or nobody knows. */
  readonly key: Refusal | null;
}

/** Where the heartbeat is, and by what the bot is known. */
interface LookPorts {
  readonly worker: Pick<Heartbeat, 'seen'>;
  readonly clock: Clock;
  readonly botKey: string;
}

/** The bot's clock in the middle of a look that took `tookMs`. */
interface LookedAt {
  readonly bot: number;
  readonly tookMs: number;
}

/** Looks with `look`, and measures when that was by the bot's clock. */
export async function timed<T>(look: () => Promise<T>, clock: Clock): Promise<{ readonly seen: T } & LookedAt> {
  const from = clock.steadyMs();
  const seen = await look();
  const tookMs = clock.steadyMs() - from;
  return { seen, tookMs, bot: clock.now().getTime() - tookMs / 2 };
}

/** What the heartbeat says about its worker, about the clocks, and about the bot's key of this name. */
export function lookFrom(cluster: string, seen: Heard, at: LookedAt, botKey: string | undefined): WorkerLook {
  const state = workerState(seen);
  const key = keyRefusal(cluster, seen, state, botKey);
  return { state, silentMs: ageOf(seen), clocks: refusalFor(cluster, seen, state, at), key };
}

/** Looks at the heartbeat of a cluster's worker. */
export async function lookAtWorker(cluster: string, { worker, clock, botKey }: LookPorts): Promise<WorkerLook> {
  const { seen, ...at } = await timed(() => worker.seen(), clock);
  return lookFrom(cluster, seen, at, botKey);
}

/** Refuses what the worker would refuse: while clocks are too far apart, or it does not trust the bot's key. Null also when the worker is silent, or nobody knows. */
export async function refuseInVain(cluster: string, ports: LookPorts): Promise<Refusal | null> {
  const { clocks, key } = await lookAtWorker(cluster, ports);
  return clocks ?? key;
}

/** Redis' clock may have been set back since the heartbeat: then nobody knows. */
const ageOf = (seen: Heard): number | null =>
  isHeard(seen) && seen.silentMs >= -SILENT_AFTER_MS ? Math.max(0, seen.silentMs) : null;

/** A silent worker may have got the key since its last heartbeat. */
function keyRefusal(cluster: string, seen: Heard, state: WorkerState, botKey: string | undefined): Refusal | null {
  if (botKey === undefined || !isHeard(seen) || seen.about == null || state.is === 'silent') return null;
  return seen.about.trusts.includes(botKey) ? null : untrustedBot(cluster, botKey);
}

function refusalFor(cluster: string, seen: Heard, state: WorkerState, { bot, tookMs }: LookedAt): Refusal | null {
  if (!isHeard(seen) || seen.workerAheadMs === null) return null;
  if (tookMs > SLOW_ANSWER_MS || state.is === 'silent') return null;
  const redis = Date.parse(seen.heardAt) + seen.silentMs;
  return clocksApart(cluster, { bot, redis, worker: redis + seen.workerAheadMs });
}

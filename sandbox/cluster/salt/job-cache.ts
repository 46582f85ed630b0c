import type { World } from '../world.ts';
import { JidSource, startTimeOf } from './jid.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import type { MinionReturn } from './minion/fun-result.ts';

/** A job request: the head of a job in the master's cache. */
export interface JobHead {
  readonly jid: string;
  readonly fun: string;
  readonly args: readonly Json[];
  readonly target: Json;
  readonly targetType: 'glob' | 'list';
  readonly minions: readonly string[];
}

/** A job with the answers received so far, in order of arrival. */
export interface Job extends JobHead {
  readonly returns: Map<string, MinionReturn>;
}

/** A function running on a minion, as `saltutil.running` reports it. */
export interface RunningFun {
  readonly jid: string;
  readonly pid: number;
  readonly fun: string;
  readonly args: readonly Json[];
  readonly target: Json;
  readonly targetType: 'glob' | 'list';
  readonly startedAt: Date;
}

/** The master's job cache and the functions that run on each minion; one per world. */
export class JobCache {
  readonly jids = new JidSource();
  private readonly jobs = new Map<string, Job>();
  private readonly working = new Map<string, Set<RunningFun>>();
  private lastPid = 4000;

  open(head: JobHead): Job {
    const job: Job = { ...head, returns: new Map() };
    this.jobs.set(head.jid, job);
    return job;
  }

  get(jid: string): Job | undefined {
    return this.jobs.get(jid);
  }

  list(): readonly Job[] {
    return [...this.jobs.values()];
  }

  /** Another machine's master begins with an empty cache; what runs on the minions goes on. */
  lost(): void {
    this.jobs.clear();
  }

  nextPid(): number {
    this.lastPid += 7;
    return this.lastPid;
  }

  started(minion: string, work: RunningFun): void {
    const works = this.working.get(minion) ?? new Set();
    works.add(work);
    this.working.set(minion, works);
  }

  ended(minion: string, work: RunningFun): void {
    this.working.get(minion)?.delete(work);
  }

  running(minion: string): readonly RunningFun[] {
    return [...(this.working.get(minion) ?? [])];
  }
}

const caches = new WeakMap<World, JobCache>();

/** A world's job cache, shared by salt, salt-run and every salt-call. */
export function jobCacheOf(world: World): JobCache {
  const known = caches.get(world);
  if (known !== undefined) return known;
  const made = new JobCache();
  caches.set(world, made);
  return made;
}

/** A job's head as the runner `jobs` prints it, with or without its minions. */
export function headOf(job: JobHead, withMinions: boolean): JsonObject {
  return {
    Function: job.fun,
    Arguments: job.args,
    Target: job.target,
    'Target-type': job.targetType,
    User: 'root',
    ...(withMinions ? { Minions: [...job.minions].sort() } : {}),
    StartTime: startTimeOf(job.jid),
  };
}

/**
 * The stored return. Salt writes event fields into a failed return's states before it stores it (salt/utils/event.py,
 * fire_ret_load): `retcode` into each, and more into failed ones.
 */
export function storedValue(job: Job, minion: string, answer: MinionReturn, now: Date): Json {
  if (answer.retcode === 0 || !job.fun.startsWith('state.') || !isObject(answer.value)) return answer.value;
  const entries = Object.entries(answer.value).map(([key, state]) => [key, polluted(key, state)] as const);
  return Object.fromEntries(entries);

  function polluted(key: string, state: Json): Json {
    if (!isObject(state)) return state;
    const marked = { ...state, retcode: answer.retcode };
    if (state.result !== false) return marked;
    const tags = key.split('_|-');
    return {
      ...marked,
      _stamp: now.toISOString().replace('Z', '000'),
      jid: job.jid,
      id: minion,
      success: false,
      return: `Error: ${tags[0]}.${tags.at(-1)}`,
      fun: job.fun,
    };
  }
}

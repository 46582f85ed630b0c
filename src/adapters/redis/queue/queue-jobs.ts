import { z } from 'zod';
import type { ChangeId } from '../../../domain/change/change.ts';
import { isChangeId } from '../../../domain/change/change-id.ts';
import type { Data } from '../../../domain/text/shape.ts';
import { clusterPrefix } from '../server/keys.ts';

/** The queue's name; its keys are below the cluster's prefix. */
export const QUEUE = 'changes';

/** Characters of a job's ID: a kind, the ID of a change, a number. */
export const LONGEST_JOB_ID = 100;
/** Characters of a job's data; a bot writes about a hundred. */
export const MOST_DATA = 4_096;

/** BullMQ's keys of the jobs that have not ended, in the order in which they run. */
export const stateKeys = (cluster: string): readonly string[] =>
  ['active', 'wait', 'prioritized', 'delayed'].map((state) => `${clusterPrefix(cluster)}:${QUEUE}:${state}`);

/** A job for the worker. */
const changeJob = z.strictObject({ kind: z.enum(['plan', 'apply']), id: z.string() });
export type ChangeJob = Data<typeof changeJob>;

/** The job of a killed worker is free after the lock and two checks, or after two checks if Redis was away longer than the lock. */
export const LOCK_MS = 10_000;
export const STALLED_CHECK_MS = 1_000;

const PRIORITY = { apply: 1, plan: 2 } as const;
const DAY_SECONDS = 24 * 3_600;

/** BullMQ's options of a job. Each handover counts as an attempt. */
export function jobOptions({ kind, id }: ChangeJob, attempt: number) {
  return {
    jobId: `${kind}-${id}-${attempt}`,
    priority: PRIORITY[kind],
    attempts: 1_000,
    backoff: { type: 'custom' },
    removeOnComplete: { age: 7 * DAY_SECONDS },
    removeOnFail: { age: 30 * DAY_SECONDS },
    sizeLimit: MOST_DATA,
    // BullMQ would add one for each attempt.
    stackTraceLimit: 5,
  } as const;
}

/** Parses a job from Redis; null if the cluster's bot could not have written it with `jobOptions`. */
export function changeJobFrom(cluster: string, jobId: string | undefined, data: unknown): ChangeJob | null {
  const read = changeJob.safeParse(data);
  if (!read.success || !isChangeId(read.data.id, cluster)) return null;
  const { kind, id } = read.data;
  const named = jobId === undefined ? null : nameFrom(jobId);
  return named?.kind === kind && named.id === id ? { kind, id } : null;
}

/** The change in a job's ID; null if there is none. */
export function changeNamed(jobId: string): ChangeId | null {
  return nameFrom(jobId)?.id ?? null;
}

function nameFrom(jobId: string): { readonly kind: string; readonly id: ChangeId } | null {
  const [, kind, id] = /^(plan|apply)-(.+)-\d+$/.exec(jobId) ?? [];
  return kind === undefined || id === undefined || !isChangeId(id) ? null : { kind, id };
}

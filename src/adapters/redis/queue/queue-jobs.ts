import { z } from 'zod';
import type { ChangeId } from '../../../domain/change/change.ts';
import { isChangeId } from '../../../domain/change/change-id.ts';
import type { Data } from '../../../domain/text/shape.ts';

/** The queue's name; its keys are below the cluster's prefix. */
export const QUEUE = 'changes';

/** What a job asks of the worker. */
const changeJob = z.strictObject({ kind: z.enum(['plan', 'apply']), id: z.string() });
export type ChangeJob = Data<typeof changeJob>;

/**
 * How long it takes until a job whose worker vanished is given to the next one: the lock, and two checks. After an outage that
 * outlived the lock it is the two checks alone, so they come often; one is a single short script.
 */
export const LOCK_MS = 10_000;
export const STALLED_CHECK_MS = 1_000;

const PRIORITY = { apply: 1, plan: 2 } as const;
const DAY_SECONDS = 24 * 3_600;

/** Options of a job; each hand-over at the end of a worker costs an attempt. */
export function jobOptions({ kind, id }: ChangeJob, attempt: number) {
  return {
    jobId: `${kind}-${id}-${attempt}`,
    priority: PRIORITY[kind],
    attempts: 1_000,
    backoff: { type: 'custom' },
    removeOnComplete: { age: 7 * DAY_SECONDS },
    removeOnFail: { age: 30 * DAY_SECONDS },
    sizeLimit: 4_096,
  } as const;
}

/** The job as it stands in Redis; null when it is not one that `jobOptions` and the cluster's bot could have made. */
export function changeJobFrom(cluster: string, jobId: string | undefined, data: unknown): ChangeJob | null {
  const read = changeJob.safeParse(data);
  if (!read.success || !isChangeId(read.data.id, cluster)) return null;
  const { kind, id } = read.data;
  const named = jobId === undefined ? null : nameFrom(jobId);
  return named?.kind === kind && named.id === id ? { kind, id } : null;
}

/** The change that a job's id names; null when it names none. */
export function changeNamed(jobId: string): ChangeId | null {
  return nameFrom(jobId)?.id ?? null;
}

function nameFrom(jobId: string): { readonly kind: string; readonly id: ChangeId } | null {
  const [, kind, id] = /^(plan|apply)-(.+)-\d+$/.exec(jobId) ?? [];
  return kind === undefined || id === undefined || !isChangeId(id) ? null : { kind, id };
}

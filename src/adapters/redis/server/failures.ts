import { ReplyError } from 'ioredis';
import { Failure } from '../../../domain/answers/failure.ts';
import type { FailureReport } from '../../../domain/answers/failure-report.ts';
import type { ChangeId } from '../../../domain/change/change.ts';
import { redisMend } from './recover.ts';

/** Redis is away, or refuses what was asked. Whether the last command was still done is not known. */
export class RedisFailed extends Failure {
  override readonly name = 'RedisFailed';
  override readonly of = 'record';
  readonly says: string;

  constructor(cause: unknown) {
    const says = cause instanceof Error ? cause.message : String(cause);
    super(`Redis: ${says}`, { cause });
    this.says = says;
  }

  override report(): FailureReport {
    const refused = this.cause instanceof ReplyError;
    return {
      kind: 'redis',
      where: 'Redis',
      what: refused ? 'Redis refused what was asked of it.' : 'Redis does not answer.',
      next: `${redisMend(this.cause)} Then ask again.`,
      detail: this.says.slice(0, 2000),
    };
  }
}

/** A change's record cannot be read or written as it stands. */
export class RecordFault extends Failure {
  override readonly name = 'RecordFault';
  override readonly of = 'record';
  readonly change: ChangeId;
  readonly what: string;
  readonly next: string;

  constructor(change: ChangeId, what: string, next: string, options?: ErrorOptions) {
    super(`${change}: ${what}`, options);
    this.change = change;
    this.what = what;
    this.next = next;
  }

  override report(): FailureReport {
    return { kind: 'record', where: this.change, what: this.what, next: this.next };
  }
}

/** Another worker has taken this cluster's work: what this one still wants to tell or do counts no more. */
export class Fenced extends Failure {
  override readonly name = 'Fenced';
  override readonly of = 'record';
  readonly cluster: string;

  constructor(cluster: string) {
    super(`${cluster}: another worker has taken over`);
    this.cluster = cluster;
  }

  override report(): FailureReport {
    return {
      kind: 'fenced',
      where: this.cluster,
      what: 'Another worker has taken over the work of this cluster.',
      next: 'Run one worker per cluster; the other one goes on.',
    };
  }
}

/** Waits for Redis' answer and turns what goes wrong into a RedisFailed. */
export async function ask<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new RedisFailed(cause);
  }
}

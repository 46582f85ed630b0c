import type { SshFault } from '../cluster/facts.ts';
import type { SaltReturn } from '../cluster/salt.ts';
import { type Command, type CommandResult, render } from '../node-commands/command.ts';
import { endInWords } from '../node-commands/ended.ts';
import { listed } from '../text/format.ts';
import { commandWords } from './command-words.ts';
import { type FailureReport, lastOf } from './failure-report.ts';
import type { Refusal } from './refusal.ts';
import { NOT_REPEATED, OLD_PLAN, RETRY_HINT } from './retry-hint.ts';
import { afterSalt, saltEnded, saltSaid } from './salt-words.ts';

/** An external system failed. The error carries data; `report` makes the sentences. */
export abstract class Failure extends Error {
  /** A failure of the record (Redis, the journal) says nothing about the change itself. */
  readonly of: 'cluster' | 'record' = 'cluster';

  abstract report(): FailureReport;
}

/** A failure of the cluster is shown on the change's card. */
export const isOfTheCluster = (error: unknown): error is Failure => error instanceof Failure && error.of === 'cluster';

/** A failure of the record: the writer retries later. */
export const isOfTheRecord = (error: unknown): error is Failure => error instanceof Failure && error.of === 'record';

const RECORD_KINDS = [
  'record',
  'record-full',
  'record-gone',
  'redis',
  'fenced',
  'journal-damaged',
  'journal-newer',
  'journal-unusable',
] as const;

/** Kinds without data of their own; if a guard stopped the change, the code of the refusal. */
export type FailureKind =
  | (typeof RECORD_KINDS)[number]
  | 'not-confirmed'
  | 'bootstrap-file'
  | 'bot-only'
  | 'key-unusable'
  | 'no-password'
  | 'slack-token'
  | 'traces'
  | Refusal['refused'];

/** A failure without data beyond its sentences. Code that handles one checks its kind. */
export class PlainFailure extends Failure {
  override readonly name = 'PlainFailure';
  override readonly of: Failure['of'];
  readonly kind: FailureKind;
  readonly where: string;
  readonly what: string;
  readonly next: string;
  readonly detail: string | undefined;

  constructor(kind: FailureKind, { where, what, next, detail }: Omit<FailureReport, 'kind'>, options?: ErrorOptions) {
    super(`${where}: ${what}`, options);
    this.of = RECORD_KINDS.some((one) => one === kind) ? 'record' : 'cluster';
    this.kind = kind;
    this.where = where;
    this.what = what;
    this.next = next;
    this.detail = detail;
  }

  override report(): FailureReport {
    const { kind, where, what, next, detail } = this;
    return { kind, where, what, next, ...(detail === undefined ? {} : { detail }) };
  }
}

export const isFailure = (error: unknown, kind: FailureKind): error is PlainFailure =>
  error instanceof PlainFailure && error.kind === kind;

/** A step ran without an error, but its check afterwards fails. */
export const notConfirmed = (where: string, what: string, next: string): PlainFailure =>
  new PlainFailure('not-confirmed', { where, what, next });

/** A change's record has reached its limit. The change must end, because every retry would fail. */
export const recordFull = (change: string, what: string, next: string): PlainFailure =>
  new PlainFailure('record-full', { where: change, what, next });

/** The record of a started change is missing: Redis lost its data, or someone deleted the record. */
export function recordGone(change: string): PlainFailure {
  const what = 'Its record is missing in Redis. The journal on the node still has it.';
  return new PlainFailure('record-gone', { where: change, what, next: 'Find out why Redis lost its data.' });
}

/** A guard stopped a change that had started. Completed steps stay as they are. */
export function stopped({ refused, says, tryNext }: Refusal): PlainFailure {
  const what = `Stopped before the next action: ${says}`;
  return new PlainFailure(refused, { where: 'the cluster', what, next: nextOnceBegun(refused, tryNext) });
}

/** The way out for a change that has begun: its card has a button, which helps unless its plan is of another cluster or machine. */
function nextOnceBegun(refused: Refusal['refused'], tryNext = 'Request the change again.'): string {
  if (refused === 'plan-stale') return `Run the command again: it gets a new plan. ${OLD_PLAN}`;
  if (refused === 'host-key-changed') return `${tryNext} ${OLD_PLAN}`;
  return tryNext.replace('then run the command again', `then ${RETRY_HINT}`);
}

/** A command failed on a node. */
export class CommandFailed extends Failure {
  override readonly name = 'CommandFailed';
  readonly node: string;
  readonly command: Command;
  readonly result: CommandResult;

  constructor(node: string, command: Command, result: CommandResult, options?: ErrorOptions) {
    super(`${node}: ${render(command)} ${endInWords(result.ended)}`, options);
    this.node = node;
    this.command = command;
    this.result = result;
  }

  override report(): FailureReport {
    return { kind: 'command', where: this.node, ...commandWords(this.command, this.result) };
  }
}

/** A node or the cluster's API is unreachable or rejects the login. */
export class Unreachable extends Failure {
  override readonly name = 'Unreachable';
  readonly where: string;
  readonly fault: SshFault | 'kubernetes' | 'registry' | 'salt-master';
  readonly says: string;

  constructor(where: string, fault: Unreachable['fault'], says: string, options?: ErrorOptions) {
    super(`${where}: ${says}`, options);
    this.where = where;
    this.fault = fault;
    this.says = says;
  }

  override report(): FailureReport {
    return {
      kind: this.fault,
      where: this.where,
      what: this.says,
      next:
        this.fault === 'host-key-changed'
          ? `Fix the cause, then run the command again: it gets a new plan. ${OLD_PLAN}`
          : `Fix the connection, then ${RETRY_HINT}. ${NOT_REPEATED}`,
    };
  }
}

/** The end of a command is unknown: it may have finished, or may still run. */
export function outOfSight(node: string, { ended }: CommandResult): Unreachable {
  return new Unreachable(node, 'unreachable', `A command on ${node} ${endInWords(ended)}.`);
}

/** A Salt run failed on a node. */
export class SaltFailed extends Failure {
  override readonly name = 'SaltFailed';
  readonly node: string;
  readonly line: string;
  readonly answer: SaltReturn;

  constructor(node: string, line: string, answer: SaltReturn) {
    super(`${node}: ${line}: ${answer.is}`);
    this.node = node;
    this.line = line;
    this.answer = answer;
  }

  override report(): FailureReport {
    const { line, answer } = this;
    const message = saltSaid(answer);
    return {
      kind: `salt-${answer.is}`,
      where: this.node,
      what: saltEnded(line, answer),
      next: afterSalt(answer),
      ...(message === null ? {} : { detail: lastOf(message) }),
    };
  }
}

/** One failure as it is, several as one. */
export const failedTogether = (failures: readonly Failure[]): Failure =>
  (failures.length === 1 ? failures[0] : undefined) ?? new SeveralFailed(failures);

/** Steps that ran at the same time failed on several nodes. */
export class SeveralFailed extends Failure {
  override readonly name = 'SeveralFailed';
  readonly failures: readonly Failure[];

  constructor(failures: readonly Failure[]) {
    super(failures.map(({ message }) => message).join('; '), { cause: failures[0] });
    this.failures = failures;
  }

  override report(): FailureReport {
    const reports = this.failures.map((failure) => failure.report());
    const details = reports.flatMap(({ where, detail }) => (detail === undefined ? [] : [`${where}: ${detail}`]));
    return {
      kind: 'several',
      where: listed([...new Set(reports.map(({ where }) => where))]),
      what: reports.map(({ where, what }) => `${where}: ${what}`).join(' '),
      next: [...new Set(reports.map(({ next }) => next))].join(' '),
      ...(details.length === 0 ? {} : { detail: lastOf(details.join('\n')) }),
    };
  }
}

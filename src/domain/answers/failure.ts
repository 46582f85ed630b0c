import type { SshFault } from '../cluster/facts.ts';
import type { SaltReturn } from '../cluster/salt.ts';
import { type Command, type CommandResult, render } from '../node-commands/command.ts';
import { listed } from '../text/format.ts';
import type { FailureReport } from './failure-report.ts';
import type { Refusal } from './refusal.ts';
import { RETRY_HINT } from './retry-hint.ts';
import { afterSalt, saltEnded, saltSaid } from './salt-words.ts';

/** Something broke on the way to the world; carries data, and the words for it are made by `report`. */
export abstract class Failure extends Error {
  /** Broke the cluster, or the record of changes (Redis, the journal)? The latter says nothing about the change itself. */
  readonly of: 'cluster' | 'record' = 'cluster';

  abstract report(): FailureReport;
}

/** A failure that belongs on the change's card. */
export const isOfTheCluster = (error: unknown): error is Failure => error instanceof Failure && error.of === 'cluster';

/** A failure of the record: whoever wanted to write tries again later. */
export const isOfTheRecord = (error: unknown): error is Failure => error instanceof Failure && error.of === 'record';

/** A change's record takes no more: it has to end, as trying again would fail for ever. */
export class RecordFull extends Failure {
  override readonly name = 'RecordFull';
  override readonly of = 'record';
  readonly change: string;
  readonly what: string;
  readonly next: string;

  constructor(change: string, what: string, next: string) {
    super(`${change}: ${what}`);
    this.change = change;
    this.what = what;
    this.next = next;
  }

  override report(): FailureReport {
    return { kind: 'record-full', where: this.change, what: this.what, next: this.next };
  }
}

/** A change that was begun has no record any more: Redis came back without its data, or somebody has deleted it. */
export class RecordGone extends Failure {
  override readonly name = 'RecordGone';
  override readonly of = 'record';
  readonly change: string;

  constructor(change: string) {
    super(`The record of change ${change} is gone from Redis; the journal on the node still has it.`);
    this.change = change;
  }

  override report(): FailureReport {
    const what = 'Its record is gone from Redis; the journal on the node still has it.';
    return { kind: 'record-gone', where: this.change, what, next: 'Find out why Redis lost its data.' };
  }
}

/** The command line for a sentence: of a script only its first line, which says what it does. */
function inOneLine({ program, args }: Command): string {
  return render({ program, args: args.map((word) => (word.includes('\n') ? `${word.split('\n')[0]} …` : word)) });
}

const lastLines = (text: string): string => text.trim().slice(-2000).toWellFormed();

/** A command ran on a node and did not do its work. */
export class CommandFailed extends Failure {
  override readonly name = 'CommandFailed';
  readonly node: string;
  readonly command: Command;
  readonly result: CommandResult;

  constructor(node: string, command: Command, result: CommandResult, options?: ErrorOptions) {
    super(`${node}: ${render(command)} exited ${result.exitCode ?? 'by a signal'}`, options);
    this.node = node;
    this.command = command;
    this.result = result;
  }

  override report(): FailureReport {
    const said = lastLines(this.result.stderr || this.result.stdout);
    return {
      kind: 'command',
      where: this.node,
      what: `\`${inOneLine(this.command)}\` ended with exit code ${this.result.exitCode ?? 'none (lost or killed)'}.`,
      next: `Run the command on the node to see why, mend it, and ${RETRY_HINT}: what is done stays done.`,
      ...(said === '' ? {} : { detail: said }),
    };
  }
}

/** A node, or the cluster's API, cannot be reached or lets nobody in. */
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
      next: `Mend the connection and ${RETRY_HINT}: what is done stays done.`,
    };
  }
}

/** A Salt run did not end well on a node. */
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
    const said = saltSaid(answer);
    return {
      kind: `salt-${answer.is}`,
      where: this.node,
      what: saltEnded(line, answer),
      next: afterSalt(answer),
      ...(said === null ? {} : { detail: lastLines(said) }),
    };
  }
}

/** A step's work was done without error, and yet a look shows that it is not so. */
export class NotConfirmed extends Failure {
  override readonly name = 'NotConfirmed';
  readonly where: string;
  readonly what: string;
  readonly next: string;

  constructor(where: string, what: string, next: string) {
    super(`${where}: ${what}`);
    this.where = where;
    this.what = what;
    this.next = next;
  }

  override report(): FailureReport {
    return { kind: 'not-confirmed', where: this.where, what: this.what, next: this.next };
  }
}

/** A guard said no after the change had begun: what is done stays, nothing more is done. */
export class Stopped extends Failure {
  override readonly name = 'Stopped';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.says);
    this.refusal = refusal;
  }

  override report(): FailureReport {
    const { refused, says, tryNext } = this.refusal;
    return {
      kind: refused,
      where: 'the cluster',
      what: `Stopped before the next act: ${says}`,
      next: tryNext ?? 'Ask for the change again.',
    };
  }
}

/** Nodes that were worked on at the same time failed, each for itself. */
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
      ...(details.length === 0 ? {} : { detail: lastLines(details.join('\n')) }),
    };
  }
}

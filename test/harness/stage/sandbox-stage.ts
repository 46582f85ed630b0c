import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { becomesTrue } from '../../../sandbox/processes/poll.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { JournalTail } from './journal-tail.ts';
import { NotMet } from './not-met.ts';

/** Enough for everything before a moment, on a computer ten times slower. */
export const MOMENT_LIMIT_MS = 240_000;

/** A running sandbox, as used by every trial. */
export class SandboxStage {
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
  /** The worker's journal on disk. */
  readonly journal: JournalTail;

  constructor(sandbox: Sandbox, signal: AbortSignal) {
    this.sandbox = sandbox;
    this.signal = signal;
    this.journal = new JournalTail(join(sandbox.folder, 'worker', 'journal.jsonl'));
  }

  /** The sandbox's Redis. */
  get redisUrl(): string {
    return this.sandbox.redisUrl;
  }

  /** The address of the sandbox's services. */
  get host(): string {
    return this.sandbox.cluster.world.bootstrap.ip.replace(/\d+$/, '1');
  }

  /** Waits until the condition is true; throws NotMet with the description. */
  async until(what: string, isSo: () => boolean | Promise<boolean>, limitMs = MOMENT_LIMIT_MS): Promise<void> {
    if (!(await becomesTrue(isSo, limitMs, this.signal)))
      throw new NotMet(`Timed out after ${limitMs / 1000} s: ${what}.`);
  }

  /** The log of bot or worker so far. */
  async logOf(service: 'bot' | 'worker'): Promise<string> {
    return await readFile(join(this.sandbox.folder, `${service}.log`), 'utf8');
  }
}

import { isRefusal, type Refusal } from '../../domain/answers/refusal.ts';
import { isLogin } from '../../domain/change/approval.ts';
import type { Change, ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import type { Cards } from '../../ports/cards.ts';
import type { Job } from '../../ports/queue.ts';
import { ChangeRecord } from '../record/change-record.ts';
import { doJob, type JobPorts } from '../worker/do-job.ts';
import type { LocalChanges } from './local-changes.ts';

/** The ports of `LocalRuns`. */
export interface LocalRunPorts extends Omit<JobPorts, 'changes' | 'cards'> {
  readonly local: LocalChanges;
  /** The turn of one job at a time, which the jobs of the queue take, too. */
  readonly turn: {
    job(job: Job, work: () => Promise<void>): Promise<void>;
    /** Does nothing, and returns the change that runs, while another one does. */
    tryJob(job: Job, work: () => Promise<void>): Promise<ChangeId | null>;
  };
  readonly trouble: { over(signal: AbortSignal): Promise<void> };
  /** Called for an error after which a run is tried again. */
  readonly onInterrupted: (error: unknown, id: ChangeId) => void;
  /** Called when a run has ended. */
  readonly onEnded: () => void;
  /** Aborted when the worker stops: the next one resumes. */
  readonly ending: AbortSignal;
}

/** Null once it is done. */
type Begun = { readonly busyWith: ChangeId } | Refusal | null;

const AGAIN_MS = 5_000;
const NO_CARDS: Pick<Cards, 'known'> = { known: async () => null };

/** Plans and carries out changes from the terminal with the code of the queue's jobs; their record is the journal. */
export class LocalRuns {
  readonly #ports: LocalRunPorts;
  readonly #jobPorts: JobPorts;
  readonly #running = new Set<Promise<unknown>>();

  constructor(ports: LocalRunPorts) {
    this.#ports = ports;
    this.#jobPorts = { ...ports, changes: ports.local, cards: NO_CARDS };
  }

  /** Plans a request, whose plan or refusal the journal then has. */
  plan(request: Extract<ChangeEvent, { readonly type: 'requested' }>): Promise<Begun> {
    const { local, ending } = this.#ports;
    const job = { kind: 'plan', id: request.id } as const;
    return this.#inTurn(job, async () => {
      await local.append(request.id, 0, request);
      await doJob(job, this.#jobPorts, ending);
      return null;
    });
  }

  /** Writes what is decided by the newest record; an approval then runs the change until it ends. */
  decide(id: ChangeId, decide: (change: Change) => ChangeEvent | Refusal): Promise<Begun> {
    const { local } = this.#ports;
    return this.#inTurn({ kind: 'apply', id }, async () => {
      const stored = await local.get(id);
      if (stored === null) throw new Error(`The journal has nothing of ${id}.`);
      const event = decide(stored.change);
      if (isRefusal(event)) return event;
      if (event.type !== 'approved') await this.write(id, event);
      else if (await local.append(id, stored.version, event)) await this.#run(id);
      return null;
    });
  }

  /** Writes an entry to the journal and to the record of a change that may be running. */
  write(id: ChangeId, event: ChangeEvent): Promise<void> {
    const { journal, local: changes } = this.#ports;
    return new ChangeRecord(id, { journal, changes }).journalAndPublish(event);
  }

  /** Resumes what a worker left half-way. It takes its turn before it returns, so that no job of the queue comes first. */
  async resume(): Promise<void> {
    const { journal, turn, onInterrupted } = this.#ports;
    for (const id of await journal.unsettled()) {
      if (!isLeftHere(changeFrom(await journal.events(id)))) continue;
      const work = turn.job({ kind: 'apply', id }, () => this.#run(id));
      void this.#keep(work.catch((error: unknown) => onInterrupted(error, id)));
    }
  }

  /** Waits until what runs has stopped. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #inTurn(job: Job, work: () => Promise<Refusal | null>): Promise<Begun> {
    const { turn, local } = this.#ports;
    let result: Refusal | null = null;
    const busyWith = await this.#keep(
      turn.tryJob(job, async () => {
        local.forget(job.id);
        result = await work().finally(() => local.forget(job.id));
      }),
    );
    return busyWith === null ? result : { busyWith };
  }

  /** Runs it until it has ended: after a full disk, say, it goes on where it was. */
  async #run(id: ChangeId): Promise<void> {
    const { local, ending, clock, trouble, onInterrupted, onEnded } = this.#ports;
    for (;;) {
      try {
        await trouble.over(ending);
        await doJob({ kind: 'apply', id }, this.#jobPorts, ending);
        return onEnded();
      } catch (error) {
        if (ending.aborted) throw error;
        onInterrupted(error, id);
        local.forget(id);
        await clock.sleep(AGAIN_MS, ending);
      }
    }
  }

  #keep<T>(work: Promise<T>): Promise<T> {
    const kept = work.finally(() => this.#running.delete(kept));
    this.#running.add(kept);
    return kept;
  }
}

/** True for a change whose last approval was given at the terminal, and that has not ended. */
export const isLeftHere = (change: Change | null): boolean =>
  change !== null &&
  (change.state === 'approved' || change.state === 'applying') &&
  change.approval?.approval.approvers.every(isLogin) === true;

import type { JournalMark } from '../../domain/change/record-entry.ts';
import type { ProofResult } from '../../domain/cluster/proof-result.ts';
import type { ProofProgress, ProofReport } from '../../domain/questions/verify/proof-report.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ProofBoard, ProofRequest, ProofWish } from '../../ports/proofs.ts';
import type { Job } from '../../ports/queue.ts';
import type { Journal } from '../../ports/record.ts';
import { CutShort } from './proof-notes.ts';

/** The ports of `ProofWatch`. */
export interface ProofWatchPorts {
  readonly board: Pick<ProofBoard, 'take' | 'put'>;
  readonly journal: Pick<Journal, 'noteProof'>;
  readonly clock: Clock;
  /** Proves until the signal aborts with a CutShort, and keeps what it has. Never throws. */
  readonly prove: (
    wish: ProofWish,
    onProgress: (progress: ProofProgress) => void,
    signal: AbortSignal,
  ) => Promise<ProofResult>;
  /** Called when Redis could not be asked for a request, or did not take a report. */
  readonly onError: (error: unknown) => void;
}

/** Slack takes private answers to a command for 30 minutes (docs.slack.dev, "Handling user interaction"), so the result must come before. */
const LIMIT_MS = 25 * 60_000;
const LOOK_EVERY_MS = 3_000;
/** How often the report of a running proof is renewed: a bot takes an old one for a proof that died with its worker. */
const REPORT_EVERY_MS = 5_000;
/** Findings of one kind in the journal. */
const MOST_NOTED = 20;
/** Between two proofs: a request is not signed, and each proof is a line in the journal. */
const PAUSE_MS = 10_000;
/** Tries to store a result. */
const TRIES = 20;
/** How long a stop waits until the result of the proof that it cut short is stored. */
const STOP_MS = 3_000;

/** Proves registries when a person asks: outside of the queue, one proof at a time, and never while a change runs. */
export class ProofWatch {
  readonly #ports: ProofWatchPorts;
  /** The change that runs. */
  #change: Job['id'] | null = null;
  #cut: AbortController | null = null;
  #answering: Promise<void> = Promise.resolve();

  constructor(ports: ProofWatchPorts) {
    this.#ports = ports;
  }

  /** The change that runs now. */
  get running(): Job['id'] | null {
    return this.#change;
  }

  /** Does a job. A proof in progress is cut short by a change that runs, because that restarts what the proof reads. */
  async during<T>({ kind, id }: Job, work: () => Promise<T>): Promise<T> {
    if (kind === 'plan') return await work();
    this.#change = id;
    this.#cut?.abort(byChange(id));
    try {
      return await work();
    } finally {
      this.#change = null;
    }
  }

  /** Takes one request after another until the signal aborts. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { board, onError } = this.#ports;
    while (!signal.aborted) {
      const asked = await board.take().catch((error: unknown) => {
        if (!signal.aborted) onError(error);
        return null;
      });
      if (asked !== null) {
        this.#answering = this.#answer(asked, signal);
        await this.#answering;
      }
      await this.#slept(asked === null ? LOOK_EVERY_MS : PAUSE_MS, signal);
    }
  };

  /** Waits a short time until the asker of a proof that was cut short is told so. */
  async close(): Promise<void> {
    const told = new AbortController();
    const answering = this.#answering.finally(() => told.abort());
    await Promise.race([answering, this.#slept(STOP_MS, told.signal)]);
  }

  async #answer(asked: ProofRequest, ending: AbortSignal): Promise<void> {
    const { request } = asked;
    const cut = new AbortController();
    const done = new AbortController();
    const stop = () => cut.abort(new CutShort('worker-stopped', 'The worker was stopped.'));
    if (this.#change !== null) cut.abort(byChange(this.#change));
    if (ending.aborted) stop();
    ending.addEventListener('abort', stop, { once: true });
    this.#cut = cut;
    let progress: ProofProgress | null = null;
    const beside = [
      this.#limit(cut, done.signal),
      this.#report(() => ({ is: 'running', request, progress }), done.signal),
    ];
    const onProgress = (now: ProofProgress) => {
      progress = now;
    };
    const result = await this.#ports.prove(asked, onProgress, cut.signal);
    this.#cut = null;
    ending.removeEventListener('abort', stop);
    done.abort();
    await Promise.all(beside);
    const journal = await this.#noted(result);
    await this.#putResult({ is: 'ended', request, result, journal }, ending);
  }

  /** Null if the journal cannot be written: the worker's trouble says why. */
  async #noted(result: ProofResult): Promise<JournalMark | null> {
    const { journal, onError } = this.#ports;
    try {
      return await journal.noteProof(shortened(result));
    } catch (error) {
      onError(error);
      return null;
    }
  }

  async #limit(cut: AbortController, done: AbortSignal): Promise<void> {
    const isOver = await this.#slept(LIMIT_MS, done);
    if (isOver) cut.abort(new CutShort('too-long', 'It took longer than 25 minutes.'));
  }

  async #report(says: () => ProofReport, done: AbortSignal): Promise<void> {
    const { board, onError } = this.#ports;
    while (!done.aborted) {
      await board.put(says()).catch(onError);
      await this.#slept(REPORT_EVERY_MS, done);
    }
  }

  /** A result of many minutes outlives an outage of Redis. */
  async #putResult(report: ProofReport, ending: AbortSignal): Promise<void> {
    const { board, onError } = this.#ports;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      try {
        return await board.put(report);
      } catch (error) {
        onError(error);
        if (!(await this.#slept(LOOK_EVERY_MS, ending))) return;
      }
    }
  }

  /** False if it was aborted before. */
  async #slept(ms: number, signal: AbortSignal): Promise<boolean> {
    return await this.#ports.clock.sleep(ms, signal).then(
      () => true,
      () => false,
    );
  }
}

/** The result with the first findings only: a journal is kept for years. */
const shortened = (result: ProofResult): ProofResult => ({
  ...result,
  differences: result.differences.slice(0, MOST_NOTED),
  moreDifferences: result.moreDifferences + Math.max(0, result.differences.length - MOST_NOTED),
  unread: result.unread.slice(0, MOST_NOTED),
  moreUnread: result.moreUnread + Math.max(0, result.unread.length - MOST_NOTED),
});

const byChange = (change: Job['id']) =>
  new CutShort('change', `${change} began, and a change restarts what a proof reads.`);

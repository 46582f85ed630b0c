import { join } from 'node:path';
import { openJournalWhenFree } from '../../adapters/journal/entries/wait.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';
import { systemClock as clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { WorkerProofs } from './proofs.ts';

const MEGABYTE = 1_000_000;
const DAY_MS = 24 * 3_600_000;

/** Opens the worker's journal as it is configured, as soon as no other worker has it. */
export async function workerJournal(config: WorkerConfig, { sealer, seals }: WorkerProofs, log: Log) {
  const { cluster, stateFolder, journal } = config;
  const { fileMegabytes, fileDays, keepDays, keepMegabytes } = journal;
  return await openJournalWhenFree({
    path: join(stateFolder, 'journal.jsonl'),
    sealer,
    checker: seals,
    rotation: {
      clock,
      maxBytes: fileMegabytes * MEGABYTE,
      maxAgeMs: fileDays * DAY_MS,
      ...(keepDays === undefined ? {} : { keepMs: keepDays * DAY_MS }),
      ...(keepMegabytes === undefined ? {} : { keepBytes: keepMegabytes * MEGABYTE }),
      onFailure: (error) => log.error({ err: error, cluster }, 'The journal could not begin a new file'),
    },
    clock,
    // Nothing is held yet, so SIGTERM may simply end the process.
    signal: new AbortController().signal,
    onWait: ({ pid }) =>
      log.warn({ cluster, pid }, 'Another worker has the journal; this one waits until that one ends'),
  });
}

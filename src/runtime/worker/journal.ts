import { join } from 'node:path';
import { openJournalWhenFree } from '../../adapters/journal/entries/wait.ts';
import type { WorkerConfig } from '../../config/worker-config.ts';
import { systemClock as clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { WorkerProofs } from './proofs.ts';

const MEGABYTE = 1_000_000;
const DAY_MS = 24 * 3_600_000;

/** Opens the configured journal once no other worker holds it. */
export async function workerJournal(config: WorkerConfig, { sealer, seals }: WorkerProofs, log: Log) {
  const { cluster, stateFolder, journal } = config;
  const { fileMegabytes, fileDays, keepDays, keepMegabytes } = journal;
  return await openJournalWhenFree({
    path: join(stateFolder, 'journal.jsonl'),
    sealer,
    checker: seals,
    cluster,
    rotation: {
      clock,
      maxBytes: fileMegabytes * MEGABYTE,
      maxAgeMs: fileDays * DAY_MS,
      ...(keepDays === undefined ? {} : { keepMs: keepDays * DAY_MS }),
      ...(keepMegabytes === undefined ? {} : { keepBytes: keepMegabytes * MEGABYTE }),
      onFailure: (error) => log.error({ err: error, cluster }, 'Journal rotation failed'),
    },
    clock,
    // Never aborted: nothing is open yet, so SIGTERM simply ends the process.
    signal: new AbortController().signal,
    onWait: ({ pid }) => log.warn({ cluster, pid }, 'Another worker holds the journal; waiting until it exits'),
  });
}

import { stat, statfs } from 'node:fs/promises';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { type ProofVerdict, proofVerdict } from '../../domain/cluster/proof-result.ts';
import { kindOfStep } from '../../domain/traces/words.ts';
import type { Journal } from '../../ports/record.ts';
import { heardJournal } from './heard-journal.ts';

/** Seconds, from a step that had nothing to do to a copy over a slow line. */
const STEP_SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** Events that end a change in the worker's journal. */
const ENDS: ReadonlySet<ChangeEvent['type']> = new Set(['done', 'failed', 'refused', 'cancelled', 'expired']);

const VERDICTS: readonly ProofVerdict[] = ['proven', 'different', 'unknown'];

/** Adds metrics of changes, steps and proofs to a journal, as entries are written. */
export function countedJournal(journal: Journal, register: Registry): Journal {
  const { ends, steps, running, proofs } = metricsIn(register);
  async function count(id: ChangeId, event: ChangeEvent): Promise<void> {
    if (event.type === 'step-done' || event.type === 'step-failed')
      steps.observe({ kind: kindOfStep(event.step), result: event.type.slice('step-'.length) }, event.seconds);
    if (event.type === 'started' || event.type === 'step-started') running.set(1);
    if (!ENDS.has(event.type)) return;
    running.set(0);
    // The entry is written already.
    const [first] = await journal.events(id).catch(() => []);
    if (first?.type === 'requested') ends.inc({ verb: first.intent.verb, end: event.type });
  }
  return heardJournal(journal, { entry: count, proof: (result) => proofs.inc({ verdict: proofVerdict(result) }) });
}

function metricsIn(register: Registry) {
  const registers = [register];
  const ends = new Counter({
    name: 'registry_ha_changes_total',
    help: 'Ended changes by verb and end; a failed one that is retried ends again.',
    labelNames: ['verb', 'end'] as const,
    registers,
  });
  const steps = new Histogram({
    name: 'registry_ha_step_seconds',
    help: 'Seconds of ended steps by kind and result.',
    labelNames: ['kind', 'result'] as const,
    buckets: STEP_SECONDS,
    registers,
  });
  const help = 'Whether the worker carries out a change: 1, or 0.';
  const running = new Gauge({ name: 'registry_ha_change_running', help, registers });
  const proofs = new Counter({
    name: 'registry_ha_proofs_total',
    help: 'Proofs of verify and of the daily check, by what they found.',
    labelNames: ['verdict'] as const,
    registers,
  });
  // An increase from nothing is none, for Prometheus.
  for (const verdict of VERDICTS) proofs.inc({ verdict }, 0);
  return { ends, steps, running, proofs };
}

/** Adds metrics of the journal's file and of its file system. A file that cannot be read has no metric. */
export function journalMetrics(path: string, register: Registry): void {
  const registers = [register];
  const gauge = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        const value = await read().catch(() => null);
        if (value === null) this.remove();
        else this.set(value);
      },
    });
  gauge('registry_ha_journal_bytes', 'Size of the journal’s current file.', async () => (await stat(path)).size);
  gauge('registry_ha_journal_free_bytes', 'Free space of the journal’s file system.', async () => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  });
}

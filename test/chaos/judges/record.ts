import { readFile } from 'node:fs/promises';
import { EVERY_ENTRY } from '../../../sandbox/seen/every-entry.ts';
import { verifyJournal } from '../../../src/adapters/journal/entries/verify.ts';
import { redisChanges } from '../../../src/adapters/redis/record/changes.ts';
import { closeRedis, connectRedis } from '../../../src/adapters/redis/server/connection.ts';
import type { ChangeEvent } from '../../../src/domain/change/change.ts';
import { canonicalJson } from '../../../src/domain/text/canonical.ts';

/** Events that only the worker may write. Other events, and new types, are not compared with the journal. */
const OF_THE_WORKER: ReadonlySet<string> = new Set([
  'planned',
  'refused',
  'started',
  'found',
  'undone',
  'step-started',
  'job-started',
  'step-done',
  'step-failed',
  'cancelled',
  'failed',
  'done',
] satisfies readonly ChangeEvent['type'][]);

/** A complaint if a line of the journal is damaged or does not follow from the one before. */
export async function judgeJournal(path: string): Promise<readonly string[]> {
  try {
    const { torn } = await verifyJournal(path, [await readFile(path)]);
    return torn.length === 0 ? [] : [`the journal ends with ${torn.length} bytes of an unfinished line`];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Complaints if the worker's part of the record in Redis differs from its journal. */
export async function judgeRecord(
  url: string,
  cluster: string,
  id: string,
  journal: readonly ChangeEvent[],
): Promise<readonly string[]> {
  const redis = connectRedis({ url, onError: () => undefined, name: 'registry-ha-chaos' });
  try {
    const stored = await redisChanges({ redis, cluster, proof: EVERY_ENTRY }).get(id);
    if (stored === null) return ['there is no record in Redis'];
    return compareRecord(stored.events, journal);
  } finally {
    await closeRedis(redis);
  }
}

/** Complaints about impossible durations: negative, or longer than the whole scenario. */
export function judgeDurations(events: readonly ChangeEvent[], mostSeconds: number): readonly string[] {
  return events.flatMap((event) => {
    if (!('seconds' in event) || (event.seconds >= 0 && event.seconds <= mostSeconds)) return [];
    return [`${event.type} reports ${event.seconds} s, but the whole run took ${mostSeconds.toFixed(1)} s`];
  });
}

/** Complaints about a change that started before the maintenance window for which it was approved. */
export function judgeStarts(events: readonly ChangeEvent[]): readonly string[] {
  let opens = '';
  return events.flatMap((event) => {
    if (event.type === 'approved') opens = event.signed.approval.notBefore ?? '';
    if (event.type !== 'started' || Date.parse(event.at) >= (Date.parse(opens) || 0)) return [];
    return [`it started at ${event.at}, before its window opened at ${opens}`];
  });
}

/** Complaints about a record in Redis that differs from the journal. */
export function compareRecord(record: readonly ChangeEvent[], journal: readonly ChangeEvent[]): readonly string[] {
  const [stored, written] = [record.filter(isOfTheWorker), journal.filter(isOfTheWorker)];
  const [storedLines, writtenLines] = [stored.map(canonicalJson), written.map(canonicalJson)];
  const missing = writtenLines.filter((line) => !storedLines.includes(line));
  const invented = storedLines.filter((line) => !writtenLines.includes(line));
  const twice = storedLines.filter((line, at) => storedLines.indexOf(line) !== at);
  return [
    ...missing.map((line) => `Redis lacks: ${line.slice(0, 160)}`),
    ...invented.map((line) => `Redis has an entry that the journal lacks: ${line.slice(0, 160)}`),
    ...twice.map((line) => `Redis repeats: ${line.slice(0, 160)}`),
    ...(missing.length + invented.length + twice.length > 0 ? [] : outOfOrder(stored, written)),
  ];
}

/** Parallel steps may be in any order, but the events of each step, and of the change, must be in theirs. */
function outOfOrder(stored: readonly ChangeEvent[], written: readonly ChangeEvent[]): readonly string[] {
  const eventsByStep = (events: readonly ChangeEvent[]) =>
    Map.groupBy(events, (event) => ('step' in event ? event.step : 'the change'));
  const here = eventsByStep(written);
  return [...eventsByStep(stored)].flatMap(([of, events]) =>
    canonicalJson(events) === canonicalJson(here.get(of) ?? [])
      ? []
      : [`Redis has the events of ${of} in another order`],
  );
}

/** Failures of the card are written by a bot. */
const isOfTheWorker = (event: ChangeEvent): boolean =>
  OF_THE_WORKER.has(event.type) && !(event.type === 'failed' && event.failure.kind === 'no-card');

import { readFile } from 'node:fs/promises';
import { verifyJournal } from '../../adapters/journal/verify.ts';
import { redisChanges } from '../../adapters/redis/changes.ts';
import { closeRedis, connectRedis } from '../../adapters/redis/connection.ts';
import { systemClock } from '../../clock.ts';
import { canonicalJson } from '../../domain/canonical.ts';
import type { ChangeEvent } from '../../domain/change.ts';

/** What a bot writes; the worker has copies of some of it. */
const OF_THE_BOT: ReadonlySet<string> = new Set(['requested', 'approved', 'denied', 'expired', 'cancel-requested']);

/** A complaint when a line of the journal is damaged, or does not follow from the one before. */
export async function judgeJournal(path: string): Promise<readonly string[]> {
  try {
    const { torn } = verifyJournal(path, await readFile(path));
    return torn.length === 0 ? [] : [`the journal ends with ${torn.length} bytes of an unfinished line`];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Complaints when the worker's part of the record in Redis is not, entry for entry, what its journal tells. */
export async function judgeRecord(
  url: string,
  cluster: string,
  id: string,
  journal: readonly ChangeEvent[],
): Promise<readonly string[]> {
  const redis = connectRedis({ url, onError: () => undefined, name: 'registry-ha-chaos' });
  try {
    const stored = await redisChanges({ redis, cluster, clock: systemClock }).get(id);
    if (stored === null) return ['there is no record in Redis'];
    return compared(stored.events, journal);
  } finally {
    await closeRedis(redis);
  }
}

/** Complaints about durations that nobody can believe: less than nothing, or more than the whole scenario took. */
export function judgeDurations(events: readonly ChangeEvent[], mostSeconds: number): readonly string[] {
  return events.flatMap((event) => {
    if (!('seconds' in event) || (event.seconds >= 0 && event.seconds <= mostSeconds)) return [];
    return [`${event.type} tells of ${event.seconds} s, and all of it took ${mostSeconds.toFixed(1)} s`];
  });
}

function compared(record: readonly ChangeEvent[], journal: readonly ChangeEvent[]): readonly string[] {
  const [there, here] = [record, journal].map((events) =>
    events.filter(({ type, ...event }) => !OF_THE_BOT.has(type) && !isOfABot(type, event)),
  );
  const [told, written] = [there ?? [], here ?? []].map((events) => events.map(canonicalJson));
  const unheard = (written ?? []).filter((line) => !told?.includes(line));
  const invented = (told ?? []).filter((line) => !written?.includes(line));
  const isSame = told?.join('\n') === written?.join('\n');
  return [
    ...unheard.map((line) => `Redis has never heard: ${line.slice(0, 160)}`),
    ...invented.map((line) => `Redis tells what the journal does not: ${line.slice(0, 160)}`),
    ...(isSame || unheard.length + invented.length > 0 ? [] : ['Redis tells the journal in another order, or twice']),
  ];
}

/** A change whose card could never be posted is closed by a bot. */
function isOfABot(type: ChangeEvent['type'], event: object): boolean {
  return type === 'failed' && JSON.stringify(event).includes('"no-card"');
}

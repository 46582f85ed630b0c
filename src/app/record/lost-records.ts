import type { ChangeEvent, ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import {
  botEndOf,
  isBehind,
  isLoss,
  isMissed,
  isUntold,
  lossReport,
  mustBeTold,
  restoredRequest,
} from '../../domain/change/lost-record.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Clock } from '../../ports/clock.ts';
import { ChangeRecord, type RecordPorts } from './change-record.ts';

/** The ports to restore lost records. */
export interface LostRecordPorts extends RecordPorts {
  readonly clock: Clock;
  /** Called for each change whose record is lost. */
  readonly onLost: (id: ChangeId) => void;
  /** Called for each change of which Redis had an older record; its missing entries are written again. */
  readonly onBehind: (id: ChangeId) => void;
  /** Called for each change from the terminal that Redis has now. */
  readonly onTold: (id: ChangeId) => void;
  /** Called at each comparison for a change that the bot has ended within a day, before a worker began it, by this entry. */
  readonly onBotEnd: (id: ChangeId, end: ChangeEvent) => void;
}

/** `open`: changes that are open in Redis or in the journal. `all`: also those that have ended, as far as the journal's file has them. */
export type Compared = 'open' | 'all';

/**
 * Compares the journal with Redis. Restores open changes that Redis has lost, as failed, from the journal, which gets that end first.
 * Completes records that are older than the journal, and adds changes from the terminal that have ended. Call it only while no job runs.
 */
export async function reportLostRecords(ports: LostRecordPorts, which: Compared = 'all'): Promise<void> {
  const { journal, changes } = ports;
  const unsettled = new Set(await journal.unsettled());
  const others = [...(await changes.open()), ...(which === 'all' ? await journal.changes() : [])];
  await forEachOne(new Set([...unsettled, ...others]), (id) =>
    unsettled.has(id) ? compareUnsettled(id, ports) : completeRecord(id, ports),
  );
}

async function compareUnsettled(id: ChangeId, ports: LostRecordPorts): Promise<void> {
  const { journal, changes, clock } = ports;
  const events = await journal.events(id);
  const [first] = events;
  const last = events.at(-1);
  const known = changeFrom(events);
  if (first?.type !== 'requested' || last === undefined || known === null || isUntold(known)) return;
  if ((await changes.get(id)) !== null) return await completeRecord(id, ports);
  const now = clock.now();
  if (!isMissed(known, last.at, now)) return;
  ports.onLost(id);
  if (!isLoss(last)) await journal.append(id, { type: 'failed', at: now.toISOString(), failure: lossReport(known) });
  if (await changes.append(id, 0, restoredRequest(first, known))) await new ChangeRecord(id, ports).catchUp();
}

/** Writes to Redis what a record lacks, unless it has entries that nobody has signed. */
async function completeRecord(id: ChangeId, ports: LostRecordPorts): Promise<void> {
  const stored = await ports.changes.get(id);
  if (await isToldNow(id, stored === null, ports)) return;
  if (stored === null || stored.doubt !== undefined) return;
  const journalled = await ports.journal.events(id);
  const end = botEndOf(stored.events, journalled, ports.clock.now());
  if (end !== null) ports.onBotEnd(id, end);
  if (!isBehind(stored.events, journalled)) return;
  if (await new ChangeRecord(id, ports).catchUp()) ports.onBehind(id);
}

/** Gives Redis a change from the terminal, once, even if Redis loses it later. The journal notes it before the record is whole: what is missing is then completed. */
async function isToldNow(id: ChangeId, isMissing: boolean, ports: LostRecordPorts): Promise<boolean> {
  const { journal, changes, clock, onTold } = ports;
  const events = await journal.events(id);
  const [first] = events;
  const known = changeFrom(events);
  const now = clock.now();
  if (first?.type !== 'requested' || known === null || !mustBeTold(known, now)) return false;
  if (isMissing && !(await changes.append(id, 0, restoredRequest(first, known)))) return false;
  await journal.append(id, { type: 'told', at: now.toISOString() });
  await new ChangeRecord(id, ports).catchUp();
  onTold(id);
  return true;
}

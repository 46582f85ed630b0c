import type { ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { isLoss, isMissed, isRestored, lossReport, restoredRequest } from '../../domain/change/lost-record.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Clock } from '../../ports/clock.ts';
import { ChangeRecord, type RecordPorts } from './change-record.ts';

/** The ports to restore lost records. */
export interface LostRecordPorts extends RecordPorts {
  readonly clock: Clock;
  /** Called for each change whose record is lost. */
  readonly onLost: (id: ChangeId) => void;
}

/** Restores open changes that Redis has lost, as failed, from the journal, which gets that end first. Call it only while no job runs. */
export async function reportLostRecords(ports: LostRecordPorts): Promise<void> {
  await forEachOne(await ports.journal.unsettled(), (id) => reportLoss(id, ports));
}

async function reportLoss(id: ChangeId, ports: LostRecordPorts): Promise<void> {
  const { journal, changes, clock } = ports;
  const events = await journal.events(id);
  const [first] = events;
  const last = events.at(-1);
  const known = changeFrom(events);
  if (first?.type !== 'requested' || last === undefined || known === null) return;
  const stored = await changes.get(id);
  if (stored !== null) {
    // A worker died while it restored this record.
    if (isLoss(last) && isRestored(stored.events)) await new ChangeRecord(id, ports).catchUp();
    return;
  }
  const now = clock.now();
  if (!isMissed(known, last.at, now)) return;
  ports.onLost(id);
  if (!isLoss(last)) await journal.append(id, { type: 'failed', at: now.toISOString(), failure: lossReport(known) });
  if (await changes.append(id, 0, restoredRequest(first, known))) await new ChangeRecord(id, ports).catchUp();
}

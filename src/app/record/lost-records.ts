import type { ChangeId } from '../../domain/change/change.ts';
import { changeFrom } from '../../domain/change/fold.ts';
import { isLoss, isMissed, isRetold, lossReport, retold } from '../../domain/change/lost-record.ts';
import { forEachOne } from '../../flow/for-each-one.ts';
import type { Clock } from '../../ports/clock.ts';
import { ChangeRecord, type RecordPorts } from './change-record.ts';

/** What a worker needs to tell again what Redis has lost. */
export interface ForgottenPorts extends RecordPorts {
  readonly clock: Clock;
  /** Told of each change whose record is gone. */
  readonly onForgotten: (id: ChangeId) => void;
}

/**
 * Tells the changes again that the journal knows to be on their way and Redis has no record of, each as failed: what was approved
 * before Redis lost its data runs only when somebody approves it once more. The journal has the end first, so that a crash in
 * between leaves nothing that could go on. Only while no job is at work.
 */
export async function reportLostRecords(ports: ForgottenPorts): Promise<void> {
  await forEachOne(await ports.journal.unsettled(), (id) => reportLoss(id, ports));
}

async function reportLoss(id: ChangeId, ports: ForgottenPorts): Promise<void> {
  const { journal, changes, clock } = ports;
  const events = await journal.events(id);
  const [first] = events;
  const last = events.at(-1);
  const known = changeFrom(events);
  if (first?.type !== 'requested' || last === undefined || known === null) return;
  const stored = await changes.get(id);
  if (stored !== null) {
    // A worker died while it told this.
    if (isLoss(last) && isRetold(stored.events)) await new ChangeRecord(id, ports).catchUp();
    return;
  }
  const now = clock.now();
  if (!isMissed(known, last.at, now)) return;
  ports.onForgotten(id);
  if (!isLoss(last)) await journal.append(id, { type: 'failed', at: now.toISOString(), failure: lossReport(known) });
  if (await changes.append(id, 0, retold(first, known))) await new ChangeRecord(id, ports).catchUp();
}

import type { ChangeEvent } from '../../domain/change/change.ts';
import { beforeOf } from '../../domain/cluster/node-before.ts';
import { undoneChange } from '../../domain/plan/intent.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import type { Clock } from '../../ports/clock.ts';
import { ChangeRecord, type RecordPorts } from '../record/change-record.ts';
import type { Run } from './run-steps.ts';

type NotePorts = RecordPorts & { readonly clock: Clock };

/** Records the state of the nodes before the first step, so that an undo can keep it. */
export async function noteBefore({ record, change, facts }: Run, { clock }: NotePorts): Promise<void> {
  const isNew = change.before === undefined && Object.keys(change.begun).length === 0;
  if (!isNew || !verbPlug(change.intent.verb).notesBefore) return;
  await record.journalAndPublish({ type: 'found', at: clock.now().toISOString(), before: beforeOf(facts) });
}

/** Writes `undone` to journal and record of the undone change, so that its card says so. After a crash, it writes only what is missing. */
export async function noteUndone({ id, change: { intent } }: Run, ports: NotePorts): Promise<void> {
  const undone = undoneChange(intent);
  if (undone === null) return;
  const isIt = (event: ChangeEvent) => event.type === 'undone' && event.change === id;
  const noted = (await ports.journal.entries(undone)).find(({ event }) => isIt(event));
  const event: ChangeEvent = { type: 'undone', at: ports.clock.now().toISOString(), change: id };
  const entry = noted ?? { event, mark: await ports.journal.append(undone, event) };
  const record = new ChangeRecord(undone, ports);
  const known = await record.known();
  // Redis keeps a record for 90 days only.
  if (known !== null && !known.events.some(isIt)) await record.publish(entry);
}

import { showHere } from '../app/here/changes.ts';
import type { HerePorts } from '../app/here/ports.ts';
import { hasOldPlan } from '../domain/answers/old-plan.ts';
import { isRefusal } from '../domain/answers/refusal.ts';
import type { ChangeId } from '../domain/change/change.ts';
import { questionPlug } from '../domain/questions/questions.ts';
import type { TerminalCommand } from '../domain/wish/terminal-talk.ts';
import { TERMINAL } from './answers.ts';
import { showJson } from './json.ts';
import type { Outcome } from './outcome.ts';

/** How a command ends, by what the journal has of its change. `says`: why the change goes on without the command. */
export async function endOf(
  command: TerminalCommand,
  id: ChangeId,
  says: string,
  ports: Pick<HerePorts, 'cluster' | 'clock' | 'memory'>,
): Promise<Outcome> {
  const known = await showHere({ change: id }, ports);
  if (isRefusal(known)) return { is: 'refused', refusal: known };
  const { state, refusal, failure } = known.change;
  if (state === 'refused' && refusal !== undefined) return { is: 'refused', refusal };
  if (state === 'failed' && failure !== undefined && says === '') {
    const next = hasOldPlan(known.change) ? failure.next : `${failure.next} At the terminal: registry-ha retry ${id}`;
    return { is: 'failed', failure: { ...failure, next } };
  }
  const text = `${questionPlug('show').answer(known, TERMINAL)}${says === '' ? '' : `\n${says}`}`;
  const wanted = command === 'cancel' ? 'cancelled' : 'done';
  return { is: 'answered', text, json: showJson(known), isWell: says !== '' || state === wanted };
}

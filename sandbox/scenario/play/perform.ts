import type { SeenChange } from '../../seen/changes.ts';
import type { SeenText } from '../../seen/texts.ts';
import type { Act } from '../parse/statement.ts';
import { Impossible } from './impossible.ts';
import type { Performance } from './performance.ts';
import type { Stage } from './stage.ts';
import { SHOWN_LIMIT_MS, until } from './until.ts';

/** Slack takes the acknowledgement for an answer; what comes of it is seen a moment later. */
const ANSWER_LIMIT_MS = 5_000;

/** Types a command and waits for its answer: a new change, a word to the person alone, or one to everybody. */
export async function sayCommand(
  { person, command }: Extract<Act, { is: 'say' }>,
  performance: Performance,
): Promise<void> {
  const before = await trace(person, performance.stage);
  const complaint = await performance.stage.say(person, command);
  if (complaint === null) await answered(person, before, ({ changes }) => changes.length, performance);
}

/** Presses a button as soon as there is one, and waits for the answer: a change that moved, or a word to the person alone. */
export async function clickButton(
  { person, label }: Extract<Act, { is: 'click' }>,
  performance: Performance,
): Promise<void> {
  const { stage } = performance;
  const noButton = () => (stage.hasButton(person, label) ? null : `There is no button “${label}” for ${person}.`);
  await until(noButton, SHOWN_LIMIT_MS, performance);
  const before = await trace(person, stage);
  const complaint = await stage.click(person, label);
  if (complaint === null) await answered(person, before, ({ changes }) => changes.map(versionOf).join(), performance);
}

interface Footprint {
  readonly changes: readonly SeenChange[];
  readonly words: number;
}

const versionOf = ({ id, version }: SeenChange): string => `${id} ${version}`;

/** What can be seen of an answer; null when Redis hides the changes. */
async function trace(person: string, stage: Stage): Promise<Footprint | null> {
  const seen = await stage.changes();
  const words = stage.texts().filter((text) => mayAnswer(text, stage.idOf(person))).length;
  return seen.are === 'hidden' ? null : { changes: seen.changes, words };
}

/** A word to this person alone, or a new message for everybody. */
const mayAnswer = ({ ephemeralFor, isFresh }: SeenText, id: string): boolean =>
  ephemeralFor === id || (ephemeralFor === undefined && isFresh);

/** An answer that does not come is no failure here: the next statement that needs it tells. */
async function answered(
  person: string,
  before: Footprint | null,
  mark: (trace: Footprint) => number | string,
  performance: Performance,
): Promise<void> {
  if (before === null) return;
  const look = async (): Promise<string | null> => {
    const now = await trace(person, performance.stage);
    return now !== null && now.words === before.words && mark(now) === mark(before) ? 'No answer.' : null;
  };
  try {
    await until(look, ANSWER_LIMIT_MS, performance);
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
  }
}

import type { SeenChange } from '../../seen/changes.ts';
import type { SeenText } from '../../seen/texts.ts';
import type { Act } from '../parse/statement.ts';
import { Impossible } from './impossible.ts';
import type { Performance } from './performance.ts';
import type { Stage } from './stage.ts';
import { SHOWN_LIMIT_MS, until } from './until.ts';

/** Slack counts the acknowledgement as the answer; the visible result follows within this time. */
const ANSWER_LIMIT_MS = 5_000;

/** Types a command and waits for an answer: a new change, an ephemeral message, a modal, or a public message. */
export async function sayCommand(
  { person, command }: Extract<Act, { is: 'say' }>,
  performance: Performance,
): Promise<void> {
  const before = await trace(person, performance.stage);
  const complaint = await performance.stage.say(person, command);
  if (complaint === null) await answered(person, before, ({ changes }) => changes.length, performance);
}

/** Clicks a button as soon as it exists, and waits for an answer: a changed change or an ephemeral message. */
export async function clickButton(
  { person, label }: Extract<Act, { is: 'click' }>,
  performance: Performance,
): Promise<void> {
  const { stage } = performance;
  const noButton = () => (stage.hasButton(person, label) ? null : `${person} sees no button “${label}”.`);
  await until(noButton, SHOWN_LIMIT_MS, performance);
  const before = await trace(person, stage);
  const complaint = await stage.click(person, label);
  if (complaint === null) await answered(person, before, ({ changes }) => changes.map(versionOf).join(), performance);
}

/** Writes a message, and waits for any message that follows. */
export async function writeMessage(
  { person, where, words }: Extract<Act, { is: 'write' }>,
  performance: Performance,
): Promise<void> {
  const { stage } = performance;
  const before = await trace(person, stage);
  // The person's own message is one of them.
  const known = stage.texts().length + (where === 'shortcut' ? 0 : 1);
  await stage.write(person, where, words);
  await answered(person, before, (now) => (now === before ? known : stage.texts().length), performance);
}

/** Fills in a field as soon as the modal has it. */
export async function fillField(
  { person, label, words }: Extract<Act, { is: 'fill' }>,
  performance: Performance,
): Promise<void> {
  const { stage } = performance;
  const look = () => stage.fill(person, label, words).then(() => null, reasonOf);
  await until(look, SHOWN_LIMIT_MS, performance);
}

function reasonOf(error: unknown): string {
  if (error instanceof Impossible) return error.message;
  throw error;
}

/** Submits a modal, and waits for an answer: a new change, an ephemeral message, or an explanation in the modal. */
export async function submitModal({ person }: Extract<Act, { is: 'submit' }>, performance: Performance): Promise<void> {
  const before = await trace(person, performance.stage);
  await performance.stage.submit(person);
  await answered(person, before, ({ changes }) => changes.map(versionOf).join(), performance);
}

interface Footprint {
  readonly changes: readonly SeenChange[];
  readonly words: number;
}

const versionOf = ({ id, version }: SeenChange): string => `${id} ${version}`;

/** What is visible of an answer; null while the changes cannot be read from Redis. */
async function trace(person: string, stage: Stage): Promise<Footprint | null> {
  const seen = await stage.changes();
  const texts = stage.texts().filter((text) => mayAnswer(text, stage.idOf(person))).length;
  const words = texts + stage.modals(person).length;
  return seen.are === 'hidden' ? null : { changes: seen.changes, words };
}

/** An ephemeral message for this person, or a new public message. */
const mayAnswer = ({ ephemeralFor, isFresh }: SeenText, id: string): boolean =>
  ephemeralFor === id || (ephemeralFor === undefined && isFresh);

/** A missing answer is no failure here: the next statement that depends on it fails. */
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

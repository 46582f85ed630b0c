import { holds, type SeenText } from '../../seen/texts.ts';
import type { Act } from '../parse/statement.ts';
import { Impossible } from './impossible.ts';
import type { Performance } from './performance.ts';
import type { Stage } from './stage.ts';
import { SHOWN_LIMIT_MS, until } from './until.ts';

type Expectation<K extends Act['is']> = Extract<Act, { readonly is: K }>;

const SHOWN = 5;

/** Waits until a message shows the text, now or in an earlier version. */
export async function expectText({ wanted }: Expectation<'expect-text'>, performance: Performance): Promise<void> {
  await until(() => missing(wanted, performance.stage.texts()), SHOWN_LIMIT_MS, performance);
}

/** Fails if a message shows the text, now or in an earlier version. */
export function expectNoText({ unwanted }: Expectation<'expect-no-text'>, stage: Stage): void {
  const shown = stage.texts().find((text) => holds(text, unwanted));
  if (shown !== undefined) throw new Impossible(`A message shows the text: ${shown.texts[0] ?? ''}`);
}

/** Waits until an ephemeral message for this person shows the text. */
export async function expectEphemeral(
  { person, wanted }: Expectation<'expect-ephemeral'>,
  performance: Performance,
): Promise<void> {
  const { stage } = performance;
  const id = stage.idOf(person);
  const own = () => stage.texts().filter(({ ephemeralFor }) => ephemeralFor === id);
  await until(() => missing(wanted, own()), SHOWN_LIMIT_MS, performance);
}

/** Waits until a modal of this person shows the text. */
export async function expectModal(
  { person, wanted }: Expectation<'expect-modal'>,
  performance: Performance,
): Promise<void> {
  await until(() => missing(wanted, performance.stage.modals(person)), SHOWN_LIMIT_MS, performance);
}

/** Waits until the person's Home shows the text now; an older Home does not count. */
export async function expectHome(
  { person, wanted }: Expectation<'expect-home'>,
  performance: Performance,
): Promise<void> {
  await until(() => missing(wanted, performance.stage.homes(person).slice(-1)), SHOWN_LIMIT_MS, performance);
}

/** Waits until a command of this person on the bootstrap node shows the text. */
export async function expectTerminal(
  { person, wanted }: Expectation<'expect-terminal'>,
  performance: Performance,
): Promise<void> {
  await until(() => missing(wanted, performance.stage.terminals(person)), SHOWN_LIMIT_MS, performance);
}

/** Waits until a message with these words has notified this person, or fails if one has. */
export async function expectCalled(
  { person, words, isCalled }: Expectation<'expect-called'>,
  performance: Performance,
): Promise<void> {
  const { stage } = performance;
  const id = stage.idOf(person);
  const own = () => stage.texts().filter(({ notified }) => notified.includes(id));
  if (isCalled) return await until(() => missing(words, own()), SHOWN_LIMIT_MS, performance);
  const shown = own().find((text) => holds(text, words));
  if (shown !== undefined) throw new Impossible(`A message called ${person}: ${shown.texts[0] ?? ''}`);
}

/** Null if the text was found, else the newest messages. */
function missing(wanted: string, texts: readonly Pick<SeenText, 'texts'>[]): string | null {
  if (texts.some((text) => holds(text, wanted))) return null;
  const newest = texts.slice(-SHOWN).map((text) => `\n  ${text.texts[0] ?? ''}`);
  return newest.length === 0 ? 'There is no message.' : `Newest messages:${newest.join('')}`;
}

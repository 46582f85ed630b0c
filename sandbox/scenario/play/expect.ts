import { holds, type SeenText } from '../../seen/texts.ts';
import type { Act } from '../parse/statement.ts';
import { Impossible } from './impossible.ts';
import type { Performance } from './performance.ts';
import type { Stage } from './stage.ts';
import { SHOWN_LIMIT_MS, until } from './until.ts';

type Expectation<K extends Act['is']> = Extract<Act, { readonly is: K }>;

const SHOWN = 5;

/** Waits until some message shows the text, or has shown it before. */
export async function expectText({ wanted }: Expectation<'expect-text'>, performance: Performance): Promise<void> {
  await until(() => missing(wanted, performance.stage.texts()), SHOWN_LIMIT_MS, performance);
}

/** Fails when some message shows the text, or has shown it before. */
export function expectNoText({ unwanted }: Expectation<'expect-no-text'>, stage: Stage): void {
  const shown = stage.texts().find((text) => holds(text, unwanted));
  if (shown !== undefined) throw new Impossible(`A message shows it: ${shown.texts[0] ?? ''}`);
}

/** Waits until a message that only this person sees shows the text. */
export async function expectEphemeral(
  { person, wanted }: Expectation<'expect-ephemeral'>,
  performance: Performance,
): Promise<void> {
  const { stage } = performance;
  const id = stage.idOf(person);
  const own = () => stage.texts().filter(({ ephemeralFor }) => ephemeralFor === id);
  await until(() => missing(wanted, own()), SHOWN_LIMIT_MS, performance);
}

/** Null when it is there, else the newest messages in its place. */
function missing(wanted: string, texts: readonly SeenText[]): string | null {
  if (texts.some((text) => holds(text, wanted))) return null;
  const newest = texts.slice(-SHOWN).map((text) => `\n  ${text.texts[0] ?? ''}`);
  return newest.length === 0 ? 'There is no message.' : `The newest messages are:${newest.join('')}`;
}

import type { Answer } from '../../app/ask/answer-to.ts';
import type { Verb } from '../../domain/plan/intent.ts';
import { exampleOf } from '../../domain/typed/example.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster } from '../api/poster.ts';
import { SlackRefused } from '../api/slack-refused.ts';
import { formView } from '../parts/form-view.ts';
import { code } from '../text/foreign-text.ts';
import type { Words } from './answer-words.ts';

const LATE = 'The form could not be opened. Slack accepts it for three seconds only.';
const NO_NODES = 'A form needs the names of the nodes, and the worker does not report them.';

/** Opens the form for the person; else the words that say what to type instead. */
export async function openForm(
  { wish, clusters }: Extract<Answer, { is: 'form' }>,
  { trigger, channel }: { readonly trigger?: string | undefined; readonly channel: string },
  { slack, log }: { readonly slack: Pick<SlackPoster, 'open'>; readonly log: Log },
): Promise<Words | null> {
  if (clusters.every(({ nodes }) => nodes === null)) return typeIt(NO_NODES, wish.verb);
  const view = formView({ clusters, verb: wish.verb, cluster: wish.cluster, channel });
  if (view === null || trigger === undefined) return typeIt(LATE, wish.verb);
  try {
    await slack.open(trigger, view);
    return null;
  } catch (err) {
    log.warn({ err }, 'A form could not be opened');
    if (!(err instanceof SlackRefused)) throw err;
    return typeIt(LATE, wish.verb);
  }
}

/** The command to type instead of a form. */
export function typeIt(why: string, verb: Verb | null): Words {
  const typed = code(exampleOf(verb ?? 'add', 'NODE'));
  return {
    to: 'asker',
    text: `${why} Type the command, for example: ${typed}. All commands: ${code('/registry-ha help')}`,
  };
}

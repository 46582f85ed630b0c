import type { Answered } from '../../app/ask/asker.ts';
import { type Markup, PLAIN } from '../../domain/text/markup.ts';
import { clean } from '../../domain/text/printable.ts';
import type { Log } from '../../ports/log.ts';
import type { SlackPoster, TextFile } from '../api/poster.ts';
import { slackRefused } from '../api/slack-refused.ts';

/** The whole answer, if the message could not show all of its lines; else null. */
export function answerFile({ says, file }: Pick<Answered, 'says' | 'file'>, markup: Markup): TextFile | null {
  if (file === null) return null;
  const whole = says(PLAIN);
  return lines(whole) === lines(says(markup)) ? null : { name: file, text: `${clean(whole)}\n` };
}

const lines = (text: string): number => text.split('\n').length;

/** Sends it to the asker alone, as the answer was. Without the optional scope files:write, the message has to do. */
export async function sendFile(
  file: TextFile,
  user: string,
  { slack, log }: { readonly slack: Pick<SlackPoster, 'uploadTo'>; readonly log: Log },
): Promise<void> {
  const all = lines(file.text) - 1;
  try {
    await slack.uploadTo(
      user,
      file,
      `The answer was too long for a message. ${file.name} has all of its ${all} lines.`,
    );
  } catch (error) {
    const { code } = slackRefused(error);
    log.warn({ user, code, file: file.name }, 'A long answer was not sent as a file');
  }
}

import type { RespondFn } from '@slack/bolt';
import { isOfTheRecord } from '../../domain/answers/failure.ts';
import type { Refusal } from '../../domain/answers/refusal.ts';
import type { Log } from '../../ports/log.ts';
import { cut, TEXT_LIMIT } from '../text/fit.ts';
import { escaped } from '../text/foreign-text.ts';

/** Says something to one person only. What cannot be delivered is logged: there is nobody else to tell. */
export async function answer(respond: RespondFn, text: string, log: Log): Promise<void> {
  await told(respond, 'ephemeral', text, log);
}

/** Says something to the whole channel, as the answer to a command. */
export async function announce(respond: RespondFn, text: string, log: Log): Promise<void> {
  await told(respond, 'in_channel', text, log);
}

async function told(respond: RespondFn, whom: 'ephemeral' | 'in_channel', text: string, log: Log): Promise<void> {
  try {
    await respond({ response_type: whom, replace_original: false, text });
  } catch (err) {
    log.warn({ err }, 'an answer could not be delivered');
  }
}

/** A "no" as mrkdwn: what it is, and what to do now. */
export function refusalText({ says, tryNext }: Refusal): string {
  return tryNext === undefined ? escaped(says) : `${escaped(says)}\n${escaped(tryNext)}`;
}

/** The bot has to be a member of the channel to write there. */
export const INVITE = 'I cannot write in this channel. Invite me with `/invite @registry-ha`, then ask again.';

/** Something broke that nobody foresaw; the log has it. */
export const BROKEN =
  'Something went wrong on my side, and it is in my log. Look whether a card appeared or changed before you try again.';

/** What broke, as far as it concerns the record of changes; else that the log has it. */
export function brokenText(error: unknown): string {
  if (!isOfTheRecord(error)) return BROKEN;
  const { what, next } = error.report();
  return cut(`${escaped(what)}\n${escaped(next)}`, TEXT_LIMIT);
}

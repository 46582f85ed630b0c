import type { RespondFn } from '@slack/bolt';
import type { Refusal } from '../domain/refusal.ts';
import type { Log } from './bot-ports.ts';
import { escaped } from './foreign-text.ts';

/** Says something to one person only. What cannot be delivered is logged: there is nobody else to tell. */
export async function answer(respond: RespondFn, text: string, log: Log): Promise<void> {
  try {
    await respond({ response_type: 'ephemeral', replace_original: false, text });
  } catch (err) {
    log.warn({ err }, 'an answer to one person could not be delivered');
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

/** A command or click of another workspace reached us, for example through a shared channel. */
export const FOREIGN = 'I work for another Slack workspace only.';

/** What can be typed. */
export const HELP = [
  '*Give a MetalK8s node a registry of its own*',
  '`/registry-ha add node-2`: shows a plan; somebody else approves it with a button; its card and thread tell how it goes.',
  '`/registry-ha add node-2 node-3 --cluster lab --reason "before the upgrade"`: several nodes, another cluster, and why.',
  '`/registry-ha help`: this text.',
].join('\n');

import { isFields } from '../../../sandbox/slack/json.ts';
import type { SlackMessage } from '../../../sandbox/slack/local-slack.ts';

/** Mentions, links and channel calls, except those that the bot makes: mentions of people, and dates. */
const CALL = /<(?!@[UW][A-Z0-9]+>|!date\^\d+\^[^>]*>)[^>]*>?/;
/** Control characters other than newline and tab, and characters that reorder or hide text. */
const INVISIBLE = /[^\P{Cc}\n\t]|\p{Cf}/u;

/** The first part of a message that Slack would not show as plain text; null if there is none. */
export function markupIn({ text, blocks }: SlackMessage): string | null {
  const marked = [text, ...mrkdwnIn(blocks)].map((one) => CALL.exec(one)?.[0]).find((one) => one !== undefined);
  if (marked !== undefined) return JSON.stringify(marked);
  const invisible = INVISIBLE.exec(JSON.stringify([text, blocks]).replaceAll('\\n', ''))?.[0];
  const escaped = /(?<!\\)(?:\\\\)*\\u(?:00[01][0-9a-f]|007f)/.exec(JSON.stringify([text, blocks]))?.[0];
  return invisible === undefined && escaped === undefined
    ? null
    : `an invisible character (${escaped ?? JSON.stringify(invisible)})`;
}

/** Texts that Slack parses as mrkdwn; in other texts brackets have no meaning. */
function mrkdwnIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (!isFields(value)) return [];
  if (value.type === 'mrkdwn' && typeof value.text === 'string') return [value.text];
  return Object.values(value).flatMap(mrkdwnIn);
}

import { isFields } from '../../../sandbox/slack/json.ts';
import type { SlackMessage } from '../../../sandbox/slack/local-slack.ts';

/** Mentions, links and channel calls that nobody of us makes; our own are mentions of persons, and dates. */
const CALL = /<(?!@[UW][A-Z0-9]+>|!date\^\d+\^[^>]*>)[^>]*>?/;
/** Controls but newline and tab, and what turns or hides the text around it. */
const INVISIBLE = /[^\P{Cc}\n\t]|\p{Cf}/u;

/** What in a message Slack would not show as the words it is; null when there is nothing. */
export function markupIn({ text, blocks }: SlackMessage): string | null {
  const marked = [text, ...mrkdwnIn(blocks)].map((one) => CALL.exec(one)?.[0]).find((one) => one !== undefined);
  if (marked !== undefined) return JSON.stringify(marked);
  const invisible = INVISIBLE.exec(JSON.stringify([text, blocks]).replaceAll('\\n', ''))?.[0];
  const escaped = /\\u00[01][0-9a-f]|\\u007f/.exec(JSON.stringify([text, blocks]))?.[0];
  return invisible === undefined && escaped === undefined
    ? null
    : `a character that nobody sees (${escaped ?? JSON.stringify(invisible)})`;
}

/** Texts in which Slack reads mrkdwn; in all other ones a bracket is a bracket. */
function mrkdwnIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (!isFields(value)) return [];
  if (value.type === 'mrkdwn' && typeof value.text === 'string') return [value.text];
  return Object.values(value).flatMap(mrkdwnIn);
}

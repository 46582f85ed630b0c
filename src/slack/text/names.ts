import type { Person } from '../../domain/change/approval.ts';
import { utc } from '../../domain/text/format.ts';
import { escaped } from './foreign-text.ts';

/** A person in mrkdwn. Only a Slack user ID becomes a mention. */
export function person({ id, name }: Person): string {
  return /^[UW][A-Z0-9]{2,}$/.test(id) ? `<@${id}>` : escaped(name);
}

/** A moment in the reader's time zone, with UTC as the fallback for programs without Slack dates. */
export function moment(iso: string): string {
  const seconds = Math.floor(Date.parse(iso) / 1000);
  return Number.isNaN(seconds) ? escaped(iso) : `<!date^${seconds}^{date_short_pretty} at {time}|${utc(iso)}>`;
}

/** Replaces Slack dates by their fallback: notifications do not support dates. */
export const withPlainMoments = (mrkdwn: string): string => mrkdwn.replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1');

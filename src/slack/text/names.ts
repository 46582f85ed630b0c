import type { Person } from '../../domain/change/approval.ts';
import { utc } from '../../domain/text/format.ts';
import { escaped } from './foreign-text.ts';

/** A person as mrkdwn shows them; an id that is not one of Slack's makes no mention. */
export function person({ id, name }: Person): string {
  return /^[UW][A-Z0-9]{2,}$/.test(id) ? `<@${id}>` : escaped(name);
}

/** A moment in the reader's own time zone; the words behind the bar are for programs that know no dates. */
export function moment(iso: string): string {
  const seconds = Math.floor(Date.parse(iso) / 1000);
  return Number.isNaN(seconds) ? escaped(iso) : `<!date^${seconds}^{date_short_pretty} at {time}|${utc(iso)}>`;
}

/** Moments as words: notifications know no dates. */
export const withPlainMoments = (mrkdwn: string): string => mrkdwn.replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1');

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

/** Room for a list of names in a sentence, a heading or a dialog. */
const NAMES_ROOM = 100;

/** The first few of a list: `node-2, node-3 and 18 more`; at most four, fewer when they are long. */
export function firstFew(names: readonly string[], most = 4): string {
  const tooLong = names.slice(0, most).join(', ').length > NAMES_ROOM;
  if (tooLong && most > 1 && names.length > 1) return firstFew(names, Math.min(most, names.length) - 1);
  if (names.length <= most) {
    return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  }
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

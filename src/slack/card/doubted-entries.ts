import { count } from '../../domain/text/format.ts';

/** Positions of entries that the card lists. */
const NAMED = 5;

/** The entries that the card names, in words. */
export function named(entries: readonly number[]): string {
  const more = entries.length > NAMED ? ` and ${entries.length - NAMED} more` : '';
  return `${count(entries.length, 'entry', 'entries')} (${entries.slice(0, NAMED).join(', ')}${more})`;
}

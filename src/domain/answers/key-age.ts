import { count, firstFew } from '../text/format.ts';
import { good, unknown, type Verdict } from './verdict.ts';

/** When a key was made. */
export interface KeyDate {
  readonly made: Date;
  /** False if the key does not say it: then `made` is its file's date, and the key may be older. */
  readonly isDated: boolean;
}

/** A key with its date. */
export interface DatedKey extends KeyDate {
  readonly name: string;
}

const DAY_MS = 24 * 3_600_000;

/** NIST SP 800-57 Part 1 Rev. 5, section 5.3.6: a private signature key is used for one to three years. */
const OLD_AFTER_DAYS = 2 * 365;

const daysOf = ({ made }: KeyDate, now: Date): number => Math.floor((now.getTime() - made.getTime()) / DAY_MS);

/** `2026-11-22 (3 days)`, or `2026-11-22 or before (3 days or more)`. */
export function keyAgeInWords(key: KeyDate, now: Date): string {
  const [date, days] = [key.made.toISOString().slice(0, 10), count(Math.max(0, daysOf(key, now)), 'day')];
  return key.isDated ? `${date} (${days})` : `${date} or before (${days} or more)`;
}

/** The verdict of the doctor. An old key is no fault by itself: it is named, with the way to replace it. */
export function keyAgeVerdict(keys: readonly DatedKey[], now: Date): Verdict {
  const byAge = keys.toSorted((one, other) => one.made.getTime() - other.made.getTime());
  const old = byAge.filter((key) => daysOf(key, now) >= OLD_AFTER_DAYS);
  const unclear = byAge.filter((key) => !old.includes(key) && !(key.isDated && daysOf(key, now) >= 0));
  const advice =
    old.length === 0
      ? []
      : [
          `${named(old, now)}: older than two years. Plan to replace ${old.length === 1 ? 'it' : 'them'}: see docs/keys.md.`,
        ];
  if (unclear.length > 0)
    return unknown([`Nobody knows when ${named(unclear, now)} was made.`, ...advice].join(' '), DATE);
  return good(
    advice[0] ??
      byAge
        .slice(0, 1)
        .map((oldest) => `The oldest: ${named([oldest], now)}`)
        .join(''),
  );
}

const DATE =
  'Replace it by a pair of `registry-ha keys new`, or write `registry-ha bot key NAME, made 2026-11-22T10:00:00Z` above the key in its file (`worker` for a worker’s).';

const named = (keys: readonly DatedKey[], now: Date): string =>
  firstFew(keys.map((key) => `${key.name} of ${keyAgeInWords(key, now)}`));

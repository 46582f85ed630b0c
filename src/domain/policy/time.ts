import { utc } from '../text/format.ts';

/** Days of the week as policy files and Intl name them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export type Day = (typeof DAYS)[number];

/**
 * Hours of the week in which changes may start, by the clock on the wall of a time zone. Until a smaller hour than from means: on
 * the next day. By the wall's clock an hour that daylight saving leaves out never comes, and one that it repeats comes twice.
 */
export interface MaintenanceWindow {
  readonly days: readonly Day[];
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM`, not included; `24:00` is the end of the day. */
  readonly to: string;
  /** IANA name, for example `Europe/Paris`. */
  readonly zone: string;
}

/** A time, written down beforehand, in which nothing may start. */
export interface PlannedFreeze {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A shorter window is a mistake in the policy file: nothing could be carried out in it. */
export const SHORTEST_WINDOW_MS = 15 * MINUTE_MS;
/** Every window opens once a week, unless daylight saving leaves out its hour. */
const LOOK_AHEAD_MS = 8 * DAY_MS;

/** Is one of the windows open at this moment? Without windows it always is. */
export function isOpen(windows: readonly MaintenanceWindow[], at: Date): boolean {
  return windows.length === 0 || windows.some((window) => openIn(window)(at));
}

/** The minute at which the next window opens, within `withinMs`; null when none does. */
export function nextOpening(windows: readonly MaintenanceWindow[], at: Date, withinMs = LOOK_AHEAD_MS): Date | null {
  const areOpen = windows.map(openIn);
  const isOpenAt = (ms: number) => areOpen.some((isOpenNow) => isOpenNow(new Date(ms)));
  const [first, end] = [at.getTime(), at.getTime() + withinMs];
  for (let ms = first; ms < end + SHORTEST_WINDOW_MS; ms += SHORTEST_WINDOW_MS) {
    if (isOpenAt(Math.min(ms, end))) return new Date(openedAt(Math.min(ms, end), first, isOpenAt));
  }
  return null;
}

/** Goes back, minute by minute, to the first one of an open time; at most as far as it was looked at last. */
function openedAt(found: number, first: number, isOpenAt: (ms: number) => boolean): number {
  const minute = Math.floor(found / MINUTE_MS) * MINUTE_MS;
  const earliest = Math.max(first, found - SHORTEST_WINDOW_MS);
  let opened = minute;
  while (opened - MINUTE_MS >= earliest && isOpenAt(opened - MINUTE_MS)) opened -= MINUTE_MS;
  return Math.max(opened, first);
}

/** The planned freeze that holds at this moment. */
export function freezeAt(freezes: readonly PlannedFreeze[], at: Date): PlannedFreeze | null {
  const now = at.getTime();
  return freezes.find(({ from, to }) => Date.parse(from) <= now && now < Date.parse(to)) ?? null;
}

/** `mon–thu 22:00–04:00 Europe/Paris`. */
export const windowInWords = ({ days, from, to, zone }: MaintenanceWindow): string =>
  `${daysInWords(days)} ${from}–${to} ${zone}`;

/** `frozen from … until …: “year end”`. */
export const freezeInWords = ({ from, to, reason }: PlannedFreeze): string =>
  `frozen from ${inUtc(from)} until ${inUtc(to)}: “${reason}”`;

const inUtc = (text: string): string => utc(new Date(text).toISOString());

/** Three days or more in a row are told by the first and the last one. */
function daysInWords(days: readonly Day[]): string {
  const sorted = DAYS.filter((day) => days.includes(day));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return 'never';
  const isRow = DAYS.indexOf(last) - DAYS.indexOf(first) === sorted.length - 1;
  return isRow && sorted.length > 2 ? `${first}–${last}` : sorted.join(', ');
}

function openIn({ days, from, to, zone }: MaintenanceWindow): (at: Date) => boolean {
  const wall = wallIn(zone);
  const [opens, closes] = [minutesOf(from), minutesOf(to)];
  return (at) => {
    const { day, minute } = wall(at);
    if (opens < closes) return days.includes(day) && opens <= minute && minute < closes;
    return (days.includes(day) && opens <= minute) || (days.includes(dayBefore(day)) && minute < closes);
  };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const dayBefore = (day: Day): Day => DAYS[(DAYS.indexOf(day) + 6) % 7] ?? day;

/** The weekday and the minute of the day on a wall of the zone. Throws a RangeError for a zone that there is not. */
function wallIn(zone: string): (at: Date) => { readonly day: Day; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const name = parts.get('weekday')?.toLowerCase();
    const day = DAYS.find((known) => known === name);
    if (day === undefined) throw new RangeError(`There is no weekday ${name}.`);
    return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
  };
}

import { utc } from '../text/format.ts';

/** Days of the week as policy files and Intl name them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export type Day = (typeof DAYS)[number];

/**
 * Hours of the week in which changes may start, in the local time of a zone. If `to` is earlier than `from`, it is on the next day.
 * An hour skipped by daylight saving does not occur; a repeated hour occurs twice.
 */
export interface MaintenanceWindow {
  readonly days: readonly Day[];
  /** `HH:MM`. */
  readonly from: string;
  /** `HH:MM`, exclusive; `24:00` is the end of the day. */
  readonly to: string;
  /** IANA name, for example `Europe/Paris`. */
  readonly zone: string;
}

/** A period in the policy file in which no change may start; ISO times. */
export interface PlannedFreeze {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** When registries are verified every day, in the local time of a zone. */
export interface DailyCheck {
  /** `HH:MM`. */
  readonly at: string;
  /** IANA name. */
  readonly zone: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A shorter window is rejected as a mistake: no change could run in it. */
export const SHORTEST_WINDOW_MS = 15 * MINUTE_MS;
/** Every window opens once a week, unless daylight saving skips its hour. */
const LOOK_AHEAD_MS = 8 * DAY_MS;

/** True if one of the windows is open, or if there are none. */
export function isOpen(windows: readonly MaintenanceWindow[], at: Date): boolean {
  return windows.length === 0 || windows.some((window) => openIn(window)(at));
}

/** The minute at which the next window opens within `withinMs`; null when none does. */
export function nextOpening(windows: readonly MaintenanceWindow[], at: Date, withinMs = LOOK_AHEAD_MS): Date | null {
  const areOpen = windows.map(openIn);
  const isOpenAt = (ms: number) => areOpen.some((isOpenNow) => isOpenNow(new Date(ms)));
  const [first, end] = [at.getTime(), at.getTime() + withinMs];
  const zones = [...new Set(windows.map(({ zone }) => zone))];
  for (const ms of momentsUntil(end, first, zones)) if (isOpenAt(ms)) return new Date(openedAt(ms, first, isOpenAt));
  return null;
}

/** Moments at which an open window is met: as far apart as the shortest one is long, but each minute where a clock change may cut one. */
function* momentsUntil(end: number, first: number, zones: readonly string[]): Iterable<number> {
  for (let ms = first; ms < end + SHORTEST_WINDOW_MS; ms += SHORTEST_WINDOW_MS) {
    const before = ms - SHORTEST_WINDOW_MS;
    if (before >= first && zones.some((zone) => jumpsIn(zone, before)))
      for (let each = before + MINUTE_MS; each < Math.min(ms, end); each += MINUTE_MS) yield each;
    yield Math.min(ms, end);
  }
}

/** Whether the local time jumps within the shortest window's time from this moment on. */
function jumpsIn(zone: string, from: number): boolean {
  const [one, other] = [from, from + SHORTEST_WINDOW_MS].map((ms) => localTimeIn(zone)(new Date(ms)).minute);
  const passed = ((other ?? 0) - (one ?? 0) + DAY_MS / MINUTE_MS) % (DAY_MS / MINUTE_MS);
  return passed !== SHORTEST_WINDOW_MS / MINUTE_MS;
}

/**
 * When a start that is allowed now may happen: null for at once, else the next opening, if it is before `until`. `never` if no window
 * opens before that.
 */
export function opensAt(windows: readonly MaintenanceWindow[], at: Date, until: Date): Date | 'never' | null {
  if (isOpen(windows, at)) return null;
  return nextOpening(windows, at, Math.max(0, until.getTime() - at.getTime())) ?? 'never';
}

/** Searches back by the minute for the start of an open period, at most to the previous sample. */
function openedAt(found: number, first: number, isOpenAt: (ms: number) => boolean): number {
  const minute = Math.floor(found / MINUTE_MS) * MINUTE_MS;
  const earliest = Math.max(first, found - SHORTEST_WINDOW_MS);
  let opened = minute;
  while (opened - MINUTE_MS >= earliest && isOpenAt(opened - MINUTE_MS)) opened -= MINUTE_MS;
  return Math.max(opened, first);
}

/** The planned freeze that is active at this moment. */
export function freezeAt(freezes: readonly PlannedFreeze[], at: Date): PlannedFreeze | null {
  const now = at.getTime();
  return freezes.find(({ from, to }) => Date.parse(from) <= now && now < Date.parse(to)) ?? null;
}

/** Between two tries: longer than one check can take, with its wait for another proof. */
const TRY_MINUTES = 60;

/** A check that is due: the local day, for example `2026-11-22`, and its try on this day, from 0. */
export interface DueCheck {
  readonly day: string;
  readonly attempt: number;
}

/** The check that is due now: from its time until midnight, one try an hour; null before. A skipped hour does not skip its check. */
export function dueCheck({ at, zone }: DailyCheck, now: Date): DueCheck | null {
  const after = localTimeIn(zone)(now).minute - minutesOf(at);
  if (after < 0) return null;
  return { day: dayIn(zone).format(now), attempt: Math.floor(after / TRY_MINUTES) };
}

/** Kept, like the local times. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

function dayIn(zone: string): Intl.DateTimeFormat {
  const known = dayFormats.get(zone) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  dayFormats.set(zone, known);
  return known;
}

/** `mon–thu 22:00–04:00 Europe/Paris`. */
export const windowInWords = ({ days, from, to, zone }: MaintenanceWindow): string =>
  `${daysInWords(days)} ${from}–${to} ${zone}`;

/** `frozen from … until …: “year end”`. */
export const freezeInWords = ({ from, to, reason }: PlannedFreeze): string =>
  `frozen from ${inUtc(from)} until ${inUtc(to)}: “${reason}”`;

const inUtc = (text: string): string => utc(new Date(text).toISOString());

/** Three or more consecutive days are written as a range. */
function daysInWords(days: readonly Day[]): string {
  const sorted = DAYS.filter((day) => days.includes(day));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return 'never';
  const isRow = DAYS.indexOf(last) - DAYS.indexOf(first) === sorted.length - 1;
  return isRow && sorted.length > 2 ? `${first}–${last}` : sorted.join(', ');
}

function openIn({ days, from, to, zone }: MaintenanceWindow): (at: Date) => boolean {
  const localTime = localTimeIn(zone);
  const [opens, closes] = [minutesOf(from), minutesOf(to)];
  return (at) => {
    const { day, minute } = localTime(at);
    if (opens < closes) return days.includes(day) && opens <= minute && minute < closes;
    return (days.includes(day) && opens <= minute) || (days.includes(dayBefore(day)) && minute < closes);
  };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const dayBefore = (day: Day): Day => DAYS[(DAYS.indexOf(day) + 6) % 7] ?? day;

type LocalTime = (at: Date) => { readonly day: Day; readonly minute: number };

/** Kept, because making one takes a thousand times as long as using it. */
const localTimes = new Map<string, LocalTime>();

/** The weekday and the minute of the day in the zone. Throws a RangeError for an unknown zone. */
function localTimeIn(zone: string): LocalTime {
  const known = localTimes.get(zone) ?? newLocalTime(zone);
  localTimes.set(zone, known);
  return known;
}

function newLocalTime(zone: string): LocalTime {
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
    if (day === undefined) throw new RangeError(`Unknown weekday ${name}.`);
    return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) };
  };
}

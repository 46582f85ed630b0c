import { describe, expect, it } from 'vitest';
import {
  dueCheck,
  freezeAt,
  isOpen,
  type MaintenanceWindow,
  nextOpening,
  windowInWords,
} from '../../../src/domain/policy/time.ts';

const weekdays: MaintenanceWindow = {
  days: ['mon', 'tue', 'wed', 'thu'],
  from: '09:00',
  to: '17:00',
  zone: 'Europe/Paris',
};
const nights: MaintenanceWindow = { days: ['sat', 'sun'], from: '22:00', to: '04:00', zone: 'Europe/Paris' };
const earlySunday: MaintenanceWindow = { days: ['sun'], from: '02:00', to: '03:00', zone: 'Europe/Paris' };
const wholeSunday: MaintenanceWindow = { days: ['sun'], from: '00:00', to: '24:00', zone: 'America/New_York' };

const open = (window: MaintenanceWindow, at: string) => isOpen([window], new Date(at));

describe('the daily check', () => {
  const due = (at: string, zone: string, now: string) => {
    const found = dueCheck({ at, zone }, new Date(now));
    return found === null ? null : `${found.day}, try ${found.attempt}`;
  };

  it.each([
    ['before its time', '07:30', 'Europe/Paris', '2026-11-22T06:29:59Z', null],
    ['at its time', '07:30', 'Europe/Paris', '2026-11-22T06:30:00Z', '2026-11-22, try 0'],
    ['in summer, an hour earlier by UTC', '07:30', 'Europe/Paris', '2026-07-06T05:30:00Z', '2026-07-06, try 0'],
    ['less than an hour later', '07:30', 'Europe/Paris', '2026-11-22T07:19:59Z', '2026-11-22, try 0'],
    ['an hour later', '07:30', 'Europe/Paris', '2026-11-22T07:30:00Z', '2026-11-22, try 1'],
    ['until midnight', '07:30', 'Europe/Paris', '2026-11-22T22:59:59Z', '2026-11-22, try 16'],
    [
      'on the local day, which is another one by UTC',
      '23:30',
      'America/New_York',
      '2026-11-23T04:45:00Z',
      '2026-11-22, try 0',
    ],
    ['after midnight', '23:30', 'America/New_York', '2026-11-23T05:05:00Z', null],
    ['when daylight saving skips its time', '02:30', 'Europe/Paris', '2026-03-29T01:05:00Z', '2026-03-29, try 0'],
  ])('is due or not %s', (_, at, zone, now, day) => {
    expect(due(at, zone, now)).toBe(day);
  });
});

describe('a maintenance window', () => {
  it.each([
    ['before it opens', weekdays, '2026-11-23T07:59:59Z', false],
    ['at its first moment', weekdays, '2026-11-23T08:00:00Z', true],
    ['in its last second', weekdays, '2026-11-23T15:59:59Z', true],
    ['at its end, which is not included', weekdays, '2026-11-23T16:00:00Z', false],
    ['on another day', weekdays, '2026-11-27T10:00:00Z', false],
    ['in summer, an hour earlier by UTC', weekdays, '2026-07-06T07:00:00Z', true],
    ['in the evening of a night window', nights, '2026-11-21T21:00:00Z', true],
    ['after midnight, on the day after its own', nights, '2026-11-23T02:59:00Z', true],
    ['after midnight, on its first day', nights, '2026-11-21T02:59:00Z', false],
    ['at the end of the night', nights, '2026-11-23T03:00:00Z', false],
    ['in the last second of a whole day', wholeSunday, '2026-11-23T04:59:59Z', true],
    ['in the first second after it', wholeSunday, '2026-11-23T05:00:00Z', false],
  ])('%s', (_, window, at, expected) => {
    expect(open(window, at)).toBe(expected);
  });

  it.each([
    ['does not open in the hour that daylight saving skips', '2026-03-29T00:30:00Z', false],
    ['is not moved to the hour after it', '2026-03-29T01:30:00Z', false],
    ['opens in the first of two repeated hours', '2026-10-25T00:30:00Z', true],
    ['and in the second one', '2026-10-25T01:30:00Z', true],
    ['but not after them', '2026-10-25T02:00:00Z', false],
  ])('uses local time: it %s', (_, at, expected) => {
    expect(open(earlySunday, at)).toBe(expected);
  });

  it('is an hour shorter or longer when the clock changes during it', () => {
    const openMinutes = (from: string) =>
      Array.from({ length: 12 * 60 }, (_, minute) => new Date(Date.parse(from) + minute * 60_000)).filter((at) =>
        isOpen([nights], at),
      ).length;
    expect(openMinutes('2026-03-28T18:00:00Z')).toBe(5 * 60);
    expect(openMinutes('2026-10-24T18:00:00Z')).toBe(7 * 60);
    expect(openMinutes('2026-11-21T18:00:00Z')).toBe(6 * 60);
  });

  it('is optional: without windows, every moment is open', () => {
    expect(isOpen([], new Date('2026-11-22T10:00:00Z'))).toBe(true);
  });

  it.each([
    ['on the next working day', [weekdays], '2026-11-20T18:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['the earlier one of two', [weekdays, nights], '2026-11-20T18:00:00Z', '2026-11-21T21:00:00.000Z'],
    ['over the change to winter time', [weekdays], '2026-10-23T20:00:00Z', '2026-10-26T08:00:00.000Z'],
    [
      'a week later, when spring leaves this one out',
      [earlySunday],
      '2026-03-28T12:00:00Z',
      '2026-04-05T00:00:00.000Z',
    ],
    ['at the very minute, whatever second it is', [weekdays], '2026-11-23T07:52:13Z', '2026-11-23T08:00:00.000Z'],
  ])('reports the next opening: %s', (_, windows, at, expected) => {
    expect(nextOpening(windows, new Date(at))?.toISOString()).toBe(expected);
  });

  it.each([
    // The hour from two to three is skipped, or occurs twice.
    ['Europe/Paris', '2027-03-26T00:00:00Z', '2027-03-28T00:50:00.000Z'],
    ['America/New_York', '2027-11-06T00:00:00Z', '2027-11-07T05:50:00.000Z'],
    // By half an hour.
    ['Australia/Lord_Howe', '2027-04-02T12:00:00Z', '2027-04-03T14:50:00.000Z'],
  ])('finds the opening of a window that the clock change of %s cuts to ten minutes', (zone, at, expected) => {
    const window = { days: ['sun'], from: '01:50', to: '02:10', zone } as const;
    expect(nextOpening([window], new Date(at))?.toISOString()).toBe(expected);
  });

  it('reports only an opening within the limit', () => {
    const at = new Date('2026-11-23T07:10:00Z');
    expect(nextOpening([weekdays], at, 49 * 60_000)).toBeNull();
    expect(nextOpening([weekdays], at, 50 * 60_000)?.toISOString()).toBe('2026-11-23T08:00:00.000Z');
  });

  it('is formatted as people write it', () => {
    expect([weekdays, nights].map(windowInWords)).toEqual([
      'mon–thu 09:00–17:00 Europe/Paris',
      'sat, sun 22:00–04:00 Europe/Paris',
    ]);
  });
});

describe('a planned freeze', () => {
  const freezes = [{ from: '2026-12-20T00:00:00+01:00', to: '2027-01-04T00:00:00+01:00', reason: 'year end' }];

  it.each([
    ['2026-12-19T22:59:59Z', false],
    ['2026-12-19T23:00:00Z', true],
    ['2027-01-03T22:59:59Z', true],
    ['2027-01-03T23:00:00Z', false],
  ])('is active from its start until before its end: %s', (at, holds) => {
    expect(freezeAt(freezes, new Date(at)) !== null).toBe(holds);
  });
});

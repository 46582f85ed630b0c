import { describe, expect, it } from 'vitest';
import { type DatedKey, keyAgeInWords, keyAgeVerdict } from '../../../src/domain/answers/key-age.ts';

const NOW = new Date('2026-11-22T10:00:00.000Z');
const key = (name: string, day: string, isDated = true): DatedKey => ({
  name,
  made: new Date(`${day}T00:00Z`),
  isDated,
});

describe('the age of keys', () => {
  it('of a few months is good, and the oldest is named', () => {
    expect(keyAgeVerdict([key('new', '2026-11-01'), key('old', '2026-01-02')], NOW)).toEqual({
      is: 'good',
      says: 'The oldest: old of 2026-01-02 (324 days)',
    });
  });

  it('over two years is no fault, but an advice to replace them', () => {
    const keys = [key('own', '2024-11-22'), key('new', '2026-11-01'), key('older', '2020-01-01')];
    expect(keyAgeVerdict(keys, NOW)).toEqual({
      is: 'good',
      says: 'older of 2020-01-01 (2517 days) and own of 2024-11-22 (730 days): older than two years. Plan to replace them: see docs/keys.md.',
    });
    expect(keyAgeVerdict([key('own', '2024-11-23')], NOW).says).not.toContain('replace');
  });

  it('is unknown for a key that does not say when it was made, and for one from the future', () => {
    for (const one of [key('a', '2026-11-01', false), key('a', '2026-12-01')])
      expect(keyAgeVerdict([one, key('b', '2020-01-01')], NOW)).toEqual({
        is: 'unknown',
        says: expect.stringMatching(/^Nobody knows when a of .* was made\. b of 2020-01-01 .* Plan to replace it/),
        fix: expect.stringContaining('registry-ha keys new'),
      });
  });

  it('of an undated key whose file is old is old for sure', () => {
    expect(keyAgeVerdict([key('a', '2020-01-01', false)], NOW)).toMatchObject({
      is: 'good',
      says: expect.stringContaining('a of 2020-01-01 or before (2517 days or more): older than two years'),
    });
  });

  it('of many keys is one short line', () => {
    const keys = Array.from({ length: 1_000 }, (_, at) => key(`key-${at}`, '2020-01-01'));
    expect(keyAgeVerdict(keys, NOW).says.length).toBeLessThan(300);
  });

  it('is said with the date, also of a key from the future', () => {
    expect(keyAgeInWords(key('a', '2026-11-21'), NOW)).toBe('2026-11-21 (1 day)');
    expect(keyAgeInWords(key('a', '2026-12-21'), NOW)).toBe('2026-12-21 (0 days)');
  });
});

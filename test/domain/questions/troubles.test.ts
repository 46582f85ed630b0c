import { describe, expect, it } from 'vitest';
import type { ClusterStatus } from '../../../src/domain/questions/status/cluster-status.ts';
import { judge } from '../../../src/domain/questions/status/judge.ts';
import { newsInWords } from '../../../src/domain/questions/status/news-words.ts';
import { hasNewTrouble, newsOf, troublesOf, withSince } from '../../../src/domain/questions/status/troubles.ts';
import { PLAIN } from '../../../src/domain/text/markup.ts';
import { facts } from '../../fixtures/facts.ts';
import { foundAfterAdd, inspectionOf } from '../../fixtures/inspection.ts';

const { files } = foundAfterAdd();
const at = (time: string, status: ClusterStatus): ClusterStatus => ({ ...status, at: `2026-11-22T${time}.000Z` });
const WELL = judge(inspectionOf());
const STALE = judge(inspectionOf({ files: { ...files, mounts: [] } }));
const UNMOUNTED = troublesOf(STALE);
const UNKNOWN = judge(inspectionOf({}, { engines: { is: 'unknown', says: 'The Salt master does not answer.' } }));
const ALONE = judge(inspectionOf({ kube: facts().kube, engines: facts().engines }));

/** The last of these inspections, with what the others before it have seen. */
const seenIn = (...statuses: readonly ClusterStatus[]): ClusterStatus =>
  statuses.reduce((before: ClusterStatus | null, status) => withSince(status, before), null) ?? WELL;

describe('the news of a cluster', () => {
  it('are none while all is well', () => {
    expect(newsOf(seenIn(at('10:00:00', WELL)), null)).toEqual({ is: 'nothing', told: [] });
  });

  it('are told once a second inspection has found the same trouble, with the time of the first', () => {
    const first = seenIn(at('10:00:00', WELL), at('10:15:00', STALE));
    expect(hasNewTrouble(first)).toBe(true);
    expect(newsOf(first, [])).toEqual({ is: 'nothing', told: [] });
    const second = seenIn(at('10:00:00', WELL), at('10:15:00', STALE), at('10:16:00', STALE));
    expect(hasNewTrouble(second)).toBe(false);
    expect(newsOf(second, [])).toEqual({ is: 'worse', told: UNMOUNTED });
    expect(newsInWords('worse', second, PLAIN).split('\n').slice(0, 2)).toEqual([
      'lab: HA is not complete: the registry of node-2 is stale.',
      'Found first at 2026-11-22 10:15 UTC.',
    ]);
    expect(newsInWords('worse', second, PLAIN)).toContain('To complete it: /registry-ha ');
  });

  it('are never told twice, and once when all is well again', () => {
    const stale = seenIn(at('10:00:00', STALE), at('10:15:00', STALE));
    expect(newsOf(stale, UNMOUNTED)).toEqual({ is: 'nothing', told: UNMOUNTED });
    const well = seenIn(at('10:00:00', STALE), at('10:15:00', WELL));
    expect(newsOf(well, UNMOUNTED)).toEqual({ is: 'well', told: [] });
    expect(newsOf(well, [])).toEqual({ is: 'nothing', told: [] });
    expect(newsInWords('well', well, PLAIN)).toMatch(/^lab: HA holds: .* It is well again\.$/);
  });

  it('forget what is well again, so that it can be told again', () => {
    const half = {
      ...STALE,
      registries: STALE.registries.map((one) => ({
        ...one,
        stale: one.stale.map((each) => ({ ...each, of: each.of.slice(0, 1) })),
      })),
    };
    const found = seenIn(at('10:00:00', half), at('10:15:00', half));
    expect(newsOf(found, UNMOUNTED)).toMatchObject({ is: 'nothing', told: [expect.any(String)] });
  });

  it('are not that something is unknown, unless it lasts for an hour; and unknown is not well', () => {
    const short = seenIn(at('10:00:00', UNKNOWN), at('10:15:00', UNKNOWN));
    expect(newsOf(short, [])).toEqual({ is: 'nothing', told: [] });
    expect(newsOf(short, UNMOUNTED)).toEqual({ is: 'nothing', told: UNMOUNTED });
    const long = seenIn(at('10:00:00', UNKNOWN), at('11:00:00', UNKNOWN));
    expect(newsOf(long, [])).toEqual({ is: 'worse', told: ['unknown'] });
    expect(newsInWords('worse', long, PLAIN)).toContain('It is unknown whether HA holds');
  });

  it('are not that a cluster never had a second registry, nor that it gets one', () => {
    const alone = seenIn(at('10:00:00', ALONE), at('10:15:00', ALONE));
    const { is, told } = newsOf(alone, null);
    expect(is).toBe('nothing');
    expect(newsOf(alone, told)).toEqual({ is: 'nothing', told });
    expect(newsOf(seenIn(at('10:30:00', WELL)), told)).toEqual({ is: 'nothing', told: [] });
    expect(newsOf(alone, [])).toMatchObject({ is: 'worse' });
  });
});

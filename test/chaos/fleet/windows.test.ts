import { describe, expect, it } from 'vitest';
import { isWithin, overlaps, windowOf } from './windows.ts';

const at = (minute: number) => `2026-03-01T10:0${minute}:00.000Z`;
const failure = { kind: 'x', where: 'x', what: 'x', next: 'x' };
const window = (from: number, to: number | null) => ({ from: at(from), to: to === null ? null : at(to) });

describe('the windows of a cluster’s changes', () => {
  it('cover each change with its retries', () => {
    const retried = [
      { type: 'started', at: at(1) } as const,
      { type: 'failed', at: at(2), failure } as const,
      { type: 'started', at: at(3) } as const,
      { type: 'failed', at: at(4), failure } as const,
    ];
    expect(windowOf(retried)).toEqual(window(1, 4));
    expect(windowOf([{ type: 'expired', at: at(1) }])).toBeNull();
    expect([at(0), at(1), at(4), at(5)].map((moment) => isWithin(moment, window(1, 4)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('show overlaps', () => {
    expect(overlaps([window(1, 2), null, window(2, 3)])).toBe(0);
    expect(overlaps([window(2, 3), window(1, 4)])).toBe(1);
    expect(overlaps([window(1, null), window(2, 3)])).toBe(1);
  });
});

import { expect, it } from 'vitest';
import { randomIds } from '../../../src/adapters/keys/ids.ts';
import { clusterOf, isChangeId } from '../../../src/domain/change/change-id.ts';

it('a change ID names its cluster, for any cluster name', () => {
  for (const cluster of ['lab', 'prod-paris-2', 'a', 'x'.repeat(42)]) {
    const id = randomIds().change(cluster);
    expect(isChangeId(id)).toBe(true);
    expect(isChangeId(id, cluster)).toBe(true);
    expect(isChangeId(id, 'other')).toBe(false);
    expect(clusterOf(id)).toBe(cluster);
  }
});

it.each([
  '',
  'lab',
  'lab-',
  'lab-7f3k2',
  'lab-7f3k2qq',
  'LAB-7F3K2Q',
  'lab.7f3k2q',
  'lab_a-7f3k2q',
  '-7f3k2q',
  'lab--7f3k2q',
  'lab-7f3k2q\n',
  'lab-7f3k2q ',
  ' lab-7f3k2q',
  'lab-7f3k2q:record',
  '../lab-7f3k2q',
  'l ab-7f3k2q',
  `${'x'.repeat(43)}-7f3k2q`,
])('%j is not a change ID', (text) => {
  expect(isChangeId(text)).toBe(false);
});

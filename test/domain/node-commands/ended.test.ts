import { expect, it } from 'vitest';
import { type Ended, endInWords, exit, hasExited, isOutOfSight } from '../../../src/domain/node-commands/ended.ts';

it.each<[Ended, string]>([
  [exit(32), 'ended with exit code 32'],
  [exit(137), 'ended with exit code 137, as after SIGKILL'],
  [exit(255), 'ended with exit code 255'],
  [{ is: 'signal', name: 'SIGSEGV' }, 'was killed by SIGSEGV'],
  [{ is: 'timeout', afterMs: 1_800_000 }, 'did not end within 30 min'],
  [{ is: 'too-much-output', bytes: 1_048_576 }, 'printed more than 1,048,576 bytes, which is the limit'],
  [{ is: 'connection-lost' }, 'was interrupted: the connection was lost'],
  [{ is: 'unknown', says: 'no such container.' }, 'ended without a result (no such container)'],
])('says how a command ended: %o', (ended, says) => {
  expect(endInWords(ended)).toBe(says);
});

it('accepts only exit code 0 as success, and treats only unknown ends as out of sight', () => {
  const ends: readonly Ended[] = [
    exit(0),
    exit(1),
    { is: 'signal', name: 'SIGTERM' },
    { is: 'timeout', afterMs: 1 },
    { is: 'too-much-output', bytes: 1 },
    { is: 'connection-lost' },
    { is: 'unknown', says: '' },
  ];
  expect(ends.filter((ended) => hasExited({ ended })).map(({ is }) => is)).toEqual(['exit']);
  expect(ends.filter(isOutOfSight).map(({ is }) => is)).toEqual(['connection-lost', 'unknown']);
});

import { expect, it } from 'vitest';
import { fileSystemIn } from '../../../src/adapters/node/parse.ts';
import { cpuMs } from '../../fixtures/cpu.ts';

it('parses a megabyte of line ends in place of free space without blocking the worker', () => {
  const ms = cpuMs(() => expect(fileSystemIn('\n'.repeat(2 ** 18))).toBeNull());
  expect(ms).toBeLessThan(10_000);
  expect(fileSystemIn('\n  Avail  1B-blocks Mounted on\n 10 20 /srv/my disk\n')).toEqual({
    mountpoint: '/srv/my disk',
    available: 10,
  });
});

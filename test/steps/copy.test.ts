import { expect, it } from 'vitest';
import type { Progress } from '../../src/domain/change/change.ts';
import type { Copier, CopyProgress } from '../../src/ports/copier.ts';
import { progressInWords } from '../../src/slack/parts/progress.ts';
import { labBefore, of, outcome } from './steps-world.ts';

const total = 2_200_000;

it.each<[CopyProgress, string]>([
  [{ sent: 0, total }, '0 B of 2.2 MB (0 %)'],
  [{ sent: 600_000, total, rate: 60_000 }, '600 kB of 2.2 MB (27 %), 60.0 kB/s, 27 s left'],
  [{ sent: 600_000, total, rate: 0 }, '600 kB of 2.2 MB (27 %), 0 B/s'],
  [{ sent: total, total, rate: 2_000_000 }, '2.2 MB of 2.2 MB (100 %), node-2 is writing and verifying it'],
  [
    { sent: total, saved: 1_200_000, total, rate: 0 },
    '2.2 MB of 2.2 MB (100 %), node-2 is writing and verifying it; 1.2 MB saved, already on the node',
  ],
])('a copy at %j shows %s', async (progress, words) => {
  const lab = await labBefore('copy');
  const shown: string[] = [];
  const copier: Copier = {
    prepare: async () => undefined,
    copy: async (step, access, tell, signal) => {
      await lab.copier.copy(step, access, () => undefined, signal);
      tell(progress);
    },
  };
  const onProgress = (one: Omit<Progress, 'step' | 'at'>): void =>
    void shown.push(progressInWords({ ...one, step: '', at: '' }));
  await outcome(of('copy'), lab, { copier, onProgress });
  expect(shown).toEqual([words]);
});

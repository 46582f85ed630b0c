import { expect, it } from 'vitest';
import { inParallel } from '../../../src/steps/world/served-images.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const items = Array.from({ length: 40 }, (_, n) => n);
const never = new AbortController().signal;

it('a registry answers six requests at a time, and the answers keep the order of the images', async () => {
  let [asked, most] = [0, 0];
  const answers = await inParallel(items, never, async (n) => {
    asked += 1;
    most = Math.max(most, asked);
    for (let turns = 0; turns <= n % 3; turns += 1) await turn();
    asked -= 1;
    return n * 2;
  });
  expect(most).toBe(6);
  expect(answers).toEqual(items.map((n) => n * 2));
});

it('the first answer that is missing stops the other requests', async () => {
  const asked: number[] = [];
  const asking = inParallel(items, never, async (n, signal) => {
    asked.push(n);
    await turn();
    if (n === 3) throw new Error('no answer');
    await turn();
    signal.throwIfAborted();
  });
  await expect(asking).rejects.toThrow('no answer');
  await turn();
  expect(asked.length).toBeLessThanOrEqual(6);
});

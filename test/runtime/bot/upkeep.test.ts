import { expect, it, vi } from 'vitest';
import { Upkeep } from '../../../src/runtime/bot/upkeep.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { PATIENT } from '../../fixtures/patience.ts';

const EVERY_MS = 10_000;

function running(work: () => Promise<void> = async () => undefined) {
  const clock = new FakeClock();
  const end = new AbortController();
  const lines: string[] = [];
  const say = (_: object, says: string) => void lines.push(says);
  let rounds = 0;
  const tend = async () => {
    rounds += 1;
    await work();
  };
  const upkeep = new Upkeep(tend, { clock, log: { debug: say, info: say, warn: say, error: say } });
  const over = upkeep.run(end.signal);
  const rests = () => vi.waitFor(() => expect(clock.sleeping).toBe(1), PATIENT);
  const close = async () => {
    end.abort();
    await over;
  };
  return { clock, upkeep, lines, rests, rounds: () => rounds, close };
}

it('begins a round every ten seconds, and at once when it must hurry', async () => {
  const on = running();
  await on.rests();
  expect(on.rounds()).toBe(1);
  await on.clock.advance(EVERY_MS);
  await vi.waitFor(() => expect(on.rounds()).toBe(2), PATIENT);
  await on.rests();
  on.upkeep.hurry();
  await vi.waitFor(() => expect(on.rounds()).toBe(3), PATIENT);
  await on.rests();
  expect(on.rounds()).toBe(3);
  await on.close();
});

it('begins another round right after one that had begun before the hurry, whatever becomes of it', async () => {
  const begun: ((error: Error) => void)[] = [];
  let isFirst = true;
  const on = running(async () => {
    if (!isFirst) return;
    isFirst = false;
    await new Promise<void>((_, reject) => void begun.push(reject));
  });
  on.upkeep.hurry();
  on.upkeep.hurry();
  for (const fail of begun) fail(new Error('Redis is away'));
  await vi.waitFor(() => expect(on.rounds()).toBe(2), PATIENT);
  await on.rests();
  expect([on.rounds(), on.lines]).toEqual([2, ['Open changes could not be checked']]);
  await on.close();
});

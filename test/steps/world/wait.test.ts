import { describe, expect, it } from 'vitest';
import { satisfied, unsatisfied } from '../../../src/steps/world/step-world.ts';
import { pauseUnlessCancelled, waitUntilSatisfied } from '../../../src/steps/world/wait.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const LIMITS = { limitMs: 60_000, everyMs: 20_000 };

/** A step's world, with what it has shown; `cancel` is a click on Cancel that the worker has noticed. */
function worldWith(clock: FakeClock) {
  const asked = new AbortController();
  const notes: (string | undefined)[] = [];
  return {
    clock,
    notes,
    cancel: () => asked.abort(new Error('cancelled')),
    cancelled: asked.signal,
    throwIfCancelled: () => asked.signal.throwIfAborted(),
    onProgress: ({ note }: { readonly note?: string }) => void notes.push(note),
  };
}

/** What the wait says once everything that needs no time has happened: a test of a wait that goes on must not wait, too. */
async function endOf(waited: Promise<unknown>, { clock }: { readonly clock: FakeClock }): Promise<string> {
  let end = 'It still waits.';
  const ended = waited.then(
    () => {
      end = 'It ends well.';
    },
    (error: unknown) => {
      end = String(error);
    },
  );
  await Promise.race([ended, clock.advance(0)]);
  return end;
}

describe('a wait for the cluster', () => {
  it('shows what each check saw, and where', async () => {
    const world = worldWith(new FakeClock());
    const seen = [unsatisfied('The pod is away.'), unsatisfied('It is silent.', 'node-2'), satisfied()];
    const signal = new AbortController().signal;
    const waited = waitUntilSatisfied(async () => seen.shift() ?? satisfied(), LIMITS, world, signal);
    await world.clock.advance(40_000);
    expect((await waited).is).toBe('satisfied');
    expect(world.notes).toEqual(['The pod is away. Waiting.', 'node-2: It is silent. Waiting.']);
  });

  it('ends at once with a cancel, between two checks', async () => {
    const world = worldWith(new FakeClock());
    const signal = new AbortController().signal;
    const waited = waitUntilSatisfied(async () => unsatisfied('not yet'), LIMITS, world, signal);
    await world.clock.advance(1_000);
    world.cancel();
    expect(await endOf(waited, world)).toContain('cancelled');
  });

  it('ends at once with a cancel within a check, whatever the check makes of it', async () => {
    const world = worldWith(new FakeClock());
    const check = (until: AbortSignal) =>
      new Promise<never>((_, reject) => until.addEventListener('abort', () => reject(new Error('unreachable'))));
    const waited = waitUntilSatisfied(check, LIMITS, world, new AbortController().signal);
    world.cancel();
    expect(await endOf(waited, world)).toContain('cancelled');
  });

  it('does not begin after a cancel', async () => {
    const world = worldWith(new FakeClock());
    world.cancel();
    const signal = new AbortController().signal;
    await expect(waitUntilSatisfied(async () => satisfied(), LIMITS, world, signal)).rejects.toThrow('cancelled');
    await expect(pauseUnlessCancelled(1_000, world, signal)).rejects.toThrow('cancelled');
  });

  it.each([3, -3])('takes its limit, and not %i hours, when the clock is set meanwhile', async (hours) => {
    const clock = new FakeClock();
    let looks = 0;
    const look = async () => {
      looks += 1;
      return unsatisfied('not yet');
    };
    let ended = false;
    const limits = { limitMs: 10_000, everyMs: 2_000 };
    const waited = waitUntilSatisfied(look, limits, worldWith(clock), new AbortController().signal).then(() => {
      ended = true;
    });
    await clock.advance(2_000);
    clock.setBy(hours * 3_600_000);
    await clock.advance(7_000);
    expect(ended).toBe(false);
    await clock.advance(1_000);
    await waited;
    expect(looks).toBe(6);
  });
});

import { describe, expect, it } from 'vitest';
import { plugOf } from '../../../src/steps/kinds.ts';
import { runStep } from '../../../src/steps/run-step.ts';
import type { StepWorld } from '../../../src/steps/world/step-world.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { labBefore, never, of, worldOf } from '../steps-world.ts';

const KINDS = ['deploy', 'ready', 'engines'] as const;

/** A step that confirms work which is not done yet, and a click on Cancel that the worker has noticed. */
async function waiting(kind: (typeof KINDS)[number]) {
  const [clock, asked] = [new FakeClock(), new AbortController()];
  const notes: string[] = [];
  const world: Partial<StepWorld> = {
    clock,
    cancelled: asked.signal,
    throwIfCancelled: () => asked.signal.throwIfAborted(),
    onProgress: ({ unit, note = '' }) => void notes.push(`${unit}: ${note}`),
  };
  const step = of(kind);
  // Once the registry is deployed, it is Ready in the lab.
  const lab = await labBefore(kind === 'ready' ? 'deploy' : kind);
  const waited = plugOf(step.kind).confirm(step, worldOf(lab, world), never);
  return { clock, notes, waited, cancel: () => asked.abort(new Error('cancelled')) };
}

describe('the check before a step', () => {
  it('ends at once with a cancel while the cluster does not answer, because nothing has begun', async () => {
    const asked = new AbortController();
    const silent = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('unreachable'))));
    const lab = await labBefore('deploy');
    const changes: Partial<StepWorld> = {
      kubernetes: { look: silent, endpoints: silent },
      cancelled: asked.signal,
      throwIfCancelled: () => asked.signal.throwIfAborted(),
    };
    const run = runStep(of('deploy'), worldOf(lab, changes), async () => undefined, never);
    const ended = expect(run).rejects.toThrow('cancelled');
    asked.abort(new Error('cancelled'));
    await ended;
    expect(lab.ran).toEqual([]);
  });
});

describe.each(KINDS)('the wait at the end of %s', (kind) => {
  it('shows on the card what it sees', async () => {
    const on = await waiting(kind);
    await on.clock.advance(400_000);
    const found = await on.waited;
    expect(found.is).toBe('unsatisfied');
    expect(on.notes.length).toBeGreaterThan(10);
    expect(on.notes.every((note) => note.startsWith('wait: '))).toBe(true);
    expect(on.notes.at(-1)).toContain('says' in found ? found.says : '');
  });

  it('ends at once with a cancel', async () => {
    const on = await waiting(kind);
    await on.clock.advance(500);
    const ended = expect(on.waited).rejects.toThrow('cancelled');
    on.cancel();
    await ended;
  });
});
